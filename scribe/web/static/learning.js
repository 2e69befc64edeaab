// Below the hands: a hand of the visitor's that the network learns, and how far it is.

import * as api from "./api.js";

const EVERY_MS = 1000;
const SAID = {
  waiting: "Your hand waits for others to be learnt.",
  learning: "Your hand is being learnt …",
  learnt: "Your hand has been learnt.",
  "no better": "Learning made it no better: the hand stays as it was. More lines may help.",
};

const element = (id) => document.getElementById(id);

export class Learning {
  // `onEnd(id)` is called when a hand has been learnt, or will not be.
  constructor(onEnd) {
    this.onEnd = onEnd;
    this.id = null; // of the hand
    element("learning-stop").addEventListener("click", () => this.stop());
  }

  // Asks for a hand to be learnt.
  async begin(id) {
    try {
      this.follow(id, await api.learn(id));
    } catch (error) {
      this.say(error.message);
    }
  }

  // Shows how far a hand is, until it is learnt; `state` is what is known of it.
  async follow(id, state) {
    if (this.id === id) return;
    this.id = id;
    while (this.id === id && ["waiting", "learning"].includes(state.state)) {
      this.say(SAID[state.state], state.share);
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
      if (this.id !== id) return;
      try {
        state = await api.learning(id);
      } catch (error) {
        state = { state: "failed", detail: error.message };
      }
    }
    if (this.id !== id) return;
    this.id = null;
    this.say(SAID[state.state] ?? state.detail);
    await this.onEnd(id);
  }

  async stop() {
    const { id } = this;
    this.id = null;
    this.say("");
    try {
      await api.stopLearning(id);
    } catch (error) {
      this.say(error.message);
    }
    await this.onEnd(id);
  }

  // No hand is followed any more, since it is gone.
  forget(id) {
    if (this.id !== id) return;
    this.id = null;
    this.say("");
  }

  // A sentence, and a share of the work while it is being done.
  say(sentence, share) {
    const isBusy = share !== undefined;
    element("learning").hidden = !sentence;
    element("learning-said").textContent = sentence;
    element("learning-share").hidden = element("learning-stop").hidden = !isBusy;
    if (share) element("learning-share").value = share;
    else element("learning-share").removeAttribute("value"); // it goes to and fro
  }
}
