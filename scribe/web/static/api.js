// The server's API. Every failure is an Error whose message is one sentence: the `detail`
// of a problem (RFC 9457).

async function problem(response) {
  try {
    return new Error((await response.json()).detail);
  } catch {
    return new Error(`The server answered ${response.status}.`);
  }
}

async function request(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The server cannot be reached.");
  }
  if (!response.ok) throw await problem(response);
  return response;
}

function post(path, body, signal) {
  return request(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
}

export const model = async () => (await request("/api/model")).json();
export const styles = async () => (await (await request("/api/styles")).json()).styles;
export const addStyle = async (style) => (await post("/api/styles", style)).json();
export const read = async (line) => (await post("/api/read", line)).json();
// The lines of a file of strokes that another program saved, and what they read.
export const drawing = async (content) => (await (await post("/api/drawings", { content })).json()).lines;
// Learning a hand: how far it is, {state, share, detail}.
const learningOf = (id) => `/api/styles/${encodeURIComponent(id)}/learning`;
export const learn = async (id) => (await post(learningOf(id), {})).json();
export const learning = async (id) => (await request(learningOf(id))).json();
export const stopLearning = (id) => request(learningOf(id), { method: "DELETE" });
export const removeStyle = (id) =>
  request(`/api/styles/${encodeURIComponent(id)}`, { method: "DELETE" });
export const file = async (order, signal) => (await post("/api/write", order, signal)).blob();

// Yields the lines of an order as they are finished (server-sent events).
export async function* lines(order, signal) {
  const response = await post("/api/write", { ...order, format: "stream" }, signal);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Error("The connection broke off.");
    waiting += value;
    const events = waiting.split("\n\n");
    waiting = events.pop();
    for (const event of events) {
      const [, name, data] = event.match(/^event: (\w+)\ndata: (.*)$/);
      if (name === "done") return;
      if (name === "error") throw new Error(JSON.parse(data).detail);
      yield JSON.parse(data);
    }
  }
}
