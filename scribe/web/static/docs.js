// Shows openapi.json. FastAPI's own page would load its scripts from another site.

const operations = document.getElementById("operations");

function make(name, text, ...children) {
  const element = document.createElement(name);
  if (text) element.textContent = text;
  element.append(...children);
  return element;
}

function show(api) {
  document.getElementById("description").textContent = api.info.summary;
  const resolve = (schema) =>
    schema?.$ref ? api.components.schemas[schema.$ref.split("/").at(-1)] : schema;

  function kind(schema) {
    if (schema.$ref) return schema.$ref.split("/").at(-1);
    if (schema.anyOf) return schema.anyOf.map(kind).join(" or ");
    if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(", ");
    if (schema.const) return JSON.stringify(schema.const);
    if (schema.type === "array") {
      return schema.prefixItems ? `[${schema.prefixItems.map(kind).join(", ")}]` : `list of ${kind(schema.items)}`;
    }
    return schema.type ?? "any";
  }

  function bounds(schema) {
    const of = schema.anyOf?.find((one) => one.type !== "null") ?? schema;
    const found = [];
    for (const [name, words] of [
      ["minimum", "at least"],
      ["maximum", "at most"],
      ["maxLength", "length at most"],
      ["maxItems", "items at most"],
    ]) {
      if (of[name] !== undefined) found.push(`${words} ${of[name]}`);
    }
    return found.length ? ` (${found.join(", ")})` : "";
  }

  // `starts`: what a field is if it is left out, which says nothing of an answer.
  function table(schema, starts) {
    const rows = Object.entries(schema.properties ?? {}).map(([name, field]) => {
      const required = schema.required?.includes(name);
      const start = required ? "required" : JSON.stringify(field.default ?? null);
      return make(
        "tr",
        "",
        make("td", "", make("code", name)),
        make("td", kind(field) + bounds(field)),
        ...(starts ? [make("td", start)] : []),
        make("td", field.description ?? ""),
      );
    });
    const titles = ["field", "type", ...(starts ? ["default"] : []), ""];
    const head = make("tr", "", ...titles.map((title) => make("th", title)));
    const box = make("div", "", make("table", "", make("thead", "", head), make("tbody", "", ...rows)));
    box.className = "table";
    return box;
  }

  function example(method, path, schema) {
    const { origin } = window.location;
    if (method !== "post") return `curl ${origin}${path}`;
    const fields = Object.entries(schema.properties)
      .filter(([, field]) => field.examples)
      .map(([name, field]) => [name, field.examples[0]]);
    const body = JSON.stringify(Object.fromEntries(fields));
    return `curl ${origin}${path} -H 'Content-Type: application/json' \\\n  -d '${body}'`;
  }

  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const article = make("article");
      article.append(
        make("h2", "", make("span", method.toUpperCase()), path),
        make("p", operation.description ?? operation.summary),
      );
      const body = resolve(operation.requestBody?.content?.["application/json"]?.schema);
      if (body) article.append(make("h3", "Request"), table(body, true));
      if (path !== "/api/styles" || method !== "post") {
        if (!path.includes("{")) article.append(make("pre", example(method, path, body)));
      }
      article.append(make("h3", "Answers"));
      for (const [status, answer] of Object.entries(operation.responses)) {
        const [type, { schema } = {}] = Object.entries(answer.content ?? {})[0] ?? [];
        const types = Object.keys(answer.content ?? {}).join(", ");
        article.append(make("p", `${status}: ${answer.description}${types ? ` — ${types}` : ""}`));
        const fields = type === "application/json" && resolve(schema);
        if (fields?.properties && status < 300) article.append(table(fields, false));
      }
      operations.append(article);
    }
  }
}

try {
  show(await (await fetch("/openapi.json")).json());
} catch {
  operations.append(make("p", "The description of the API cannot be read."));
}
operations.removeAttribute("aria-busy");
