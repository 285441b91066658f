/** Puts the tablet on its page: draws states, takes touches, keeps the page for lost networks. */

import { getBytes } from "../common/api.js";
import { morph, must } from "../common/dom.js";
import { speak, t, toLanguage } from "../common/messages.js";
import workerAddress from "worker:booth";

import { Camera } from "./camera.js";
import { cleaned, eventsOf, keyEvents } from "./gestures.js";
import { WARNING } from "./machine.js";
import { hasCamera } from "../common/scan.js";
import type { Reading, State } from "./state.js";
import { Tablet } from "./tablet.js";
import { type Facts, draw } from "./view/frame.js";
import type { Place } from "./view/parts.js";

/** So long after a step the buttons at its foot don't take a touch: it may be the second of two. */
const SETTLING = 500;
/** So long after its start the page is kept for lost networks; whoever waits comes first. */
const KEEPING = 10_000;

class Page {
  private readonly root = must("#booth");
  private readonly html = document.documentElement;
  private readonly place: Place;
  private readonly tablet: Tablet;
  private readonly camera = new Camera((event) => this.tablet.dispatch(event));
  private facts: Facts = { build: [] };
  private settled: ReturnType<typeof setTimeout> | undefined;
  private returnTo: Element | null = null;

  constructor() {
    const { slug = "", host = "", icons = "" } = this.root.dataset;
    this.place = { host, icons, hasCamera: hasCamera() };
    this.tablet = new Tablet(
      {
        api: `/api/c/${slug}`,
        log: `/log/${slug}/`,
        contents: `/vote/${slug}/contents/`,
        worker: workerAddress,
      },
      slug,
      this.usual(),
      (state, before) => this.show(state, before),
    );
    this.listen();
    void this.tablet.start();
    setTimeout(() => void keepPage(slug), KEEPING);
    void stayAwake();
  }

  private usual(): Reading {
    const { classList, lang } = this.html;
    const isLarge = classList.contains("is-large");
    return {
      language: toLanguage(lang),
      size: classList.contains("is-largest") ? "largest" : isLarge ? "large" : "normal",
      isContrasting: classList.contains("is-contrast"),
    };
  }

  private show(state: State, before: State): void {
    if (isCountdownOnly(state, before)) {
      document.querySelectorAll("[data-left]").forEach((place) => {
        place.textContent = String(state.left);
      });
      return;
    }
    this.dress(state);
    morph(this.root, draw(this.place, state, this.facts));
    this.showDialog();
    if (state.step.at !== before.step.at) {
      this.enter();
    }
    this.pointOut(state, before);
    this.camera.follow(state, before, document.querySelector("video"));
    if (state.asked === "about" && before.asked !== "about") {
      void this.gatherFacts();
    }
  }

  private dress({ reading, paper, hall }: State): void {
    speak(reading.language);
    this.html.lang = reading.language;
    this.html.classList.toggle("is-large", reading.size === "large");
    this.html.classList.toggle("is-largest", reading.size === "largest");
    this.html.classList.toggle("is-contrast", reading.isContrasting);
    document.title = `${t("Vote")} · ${paper?.congress ?? hall?.congress ?? ""}`;
  }

  /** A new step begins at its title, and its buttons take no touch that was meant for the last. */
  private enter(): void {
    window.scrollTo(0, 0);
    must("[data-title]", this.root).focus({ preventScroll: true });
    document.body.classList.add("is-settling");
    clearTimeout(this.settled);
    this.settled = setTimeout(() => document.body.classList.remove("is-settling"), SETTLING);
  }

  /** Lead the eye to what is still missing. */
  private pointOut({ step }: State, before: State): void {
    if (step.at !== "choosing" || step.hint === null || !("missing" in step.hint)) {
      return;
    }
    if (before.step.at !== "choosing" || before.step.hint !== step.hint) {
      const question = CSS.escape(step.hint.question);
      const place = this.root.querySelector(`[data-question="${question}"]`);
      place?.scrollIntoView({ block: "center" });
      place?.querySelector("input")?.focus({ preventScroll: true });
    }
  }

  private showDialog(): void {
    const dialog = this.root.querySelector("dialog");
    if (dialog !== null && !dialog.open) {
      this.returnTo = document.activeElement;
      dialog.showModal();
    } else if (dialog === null && this.returnTo !== null) {
      (this.returnTo as HTMLElement).focus();
      this.returnTo = null;
    }
  }

  private listen(): void {
    this.root.addEventListener("click", (event) => this.onClick(event));
    this.root.addEventListener("change", (event) => this.onChange(event));
    this.root.addEventListener("input", (event) => this.onInput(event));
    this.root.addEventListener(
      "cancel",
      (event) => {
        event.preventDefault();
        this.tablet.dispatch({ do: "stay" });
      },
      true,
    );
    document.addEventListener("keydown", (event) => this.onKey(event));
    for (const sign of ["pointerdown", "keydown", "wheel", "touchmove"]) {
      document.addEventListener(sign, () => this.noticeLife(), { passive: true });
    }
    addEventListener("online", () => this.tablet.wake());
  }

  private onClick(event: MouseEvent): void {
    const target = (event.target as Element).closest<HTMLElement>("[data-do]");
    const act = target?.dataset.do;
    if (target === null || act === undefined) {
      return;
    }
    if (act === "print") {
      print();
    } else if (act === "acknowledge") {
      this.tablet.acknowledge();
    } else {
      eventsOf(act, target.dataset, this.tablet.state).forEach((e) => this.tablet.dispatch(e));
    }
  }

  private onChange(event: Event): void {
    const { mark, of } = (event.target as HTMLElement).dataset;
    if (mark !== undefined && of !== undefined) {
      this.tablet.dispatch({ do: "mark", question: of, option: mark });
      // What was refused leaves the state as it was, and the field not as people left it.
      this.tablet.redraw();
    }
  }

  private onInput(event: Event): void {
    const field = event.target as HTMLInputElement;
    if (field.dataset.typed === undefined) {
      return;
    }
    const before = cleaned(field.value.slice(0, field.selectionStart ?? field.value.length));
    this.tablet.dispatch({ do: "type", typed: cleaned(field.value) });
    this.tablet.redraw();
    // The hyphens between groups are not typed, so the caret is found by counting letters.
    const caret = before.length + Math.floor(Math.max(0, before.length - 1) / 4);
    field.setSelectionRange(caret, caret);
  }

  private onKey(event: KeyboardEvent): void {
    const isField = event.target instanceof HTMLInputElement;
    const isButton = event.target instanceof HTMLButtonElement;
    if (event.ctrlKey || event.altKey || event.metaKey || (isField && event.key !== "Enter")) {
      return;
    }
    if (isButton && (event.key === "Enter" || event.key === " ")) {
      return;
    }
    keyEvents(event.key, this.tablet.state).forEach((e) => this.tablet.dispatch(e));
  }

  /** Whoever reads or scrolls is there, as long as the tablet has not asked yet. */
  private noticeLife(): void {
    const { step, left, asked } = this.tablet.state;
    if ("answers" in step && asked === null && left !== null && left > WARNING) {
      this.tablet.dispatch({ do: "stay" });
    }
  }

  /** What was loaded is hashed as it lies on this device, so that it can be compared. */
  private async gatherFacts(): Promise<void> {
    const names = performance
      .getEntriesByType("resource")
      .map(({ name }) => name)
      .filter((name) => name.endsWith(".js"));
    try {
      const build = await Promise.all([...new Set([...names, workerAddress])].map(this.digestOf));
      this.facts = { build: build.sort() };
      this.tablet.redraw();
    } catch {
      // Without network a part can be out of reach; all other facts stand there already.
    }
  }

  private readonly digestOf = async (name: string): Promise<[string, string]> => {
    const data = await getBytes(name);
    return [`SHA-256 ${new URL(name).pathname}`, await this.tablet.ask("digest", data)];
  };
}

/** Another number of seconds needs no new page, save where the tablet begins or ends to ask. */
function isCountdownOnly(state: State, before: State): boolean {
  const [now, then] = [state.left, before.left];
  const names = Object.keys(state) as (keyof State)[];
  const isSame = names.every((name) => name === "left" || state[name] === before[name]);
  return (
    isSame && now !== null && then !== null && now !== then && now > WARNING === then > WARNING
  );
}

/** Keep this page and its parts on the device, so that it opens without network. */
async function keepPage(slug: string): Promise<void> {
  if (!("serviceWorker" in navigator)) {
    return;
  }
  try {
    const scope = `/vote/${slug}`;
    await navigator.serviceWorker.register(`${scope}/sw.js`, { scope });
    const { active } = await navigator.serviceWorker.ready;
    // A part that is only loaded on demand must be there when the network is not.
    await import("qr/decode.js");
    const parts = performance.getEntriesByType("resource").map(({ name }) => name);
    active?.postMessage({ page: scope, parts: [...parts, workerAddress] });
  } catch {
    // Without it everything works but opening the page while there is no network.
  }
}

/** A tablet that waits for the next deputy keeps its screen lit. */
async function stayAwake(): Promise<void> {
  try {
    await navigator.wakeLock.request("screen");
  } catch {
    // A browser that can't is no worse a tablet.
  }
  document.addEventListener(
    "visibilitychange",
    () => {
      if (document.visibilityState === "visible") {
        void stayAwake();
      }
    },
    { once: true },
  );
}

new Page();
