/** Switches the camera on while a card is to be scanned, and off again. */

import type { Event, State } from "./state.js";
import { Scanner, hasCamera, isCameraAllowed } from "../common/scan.js";
import { currentOf } from "./steps.js";

/** So long the same code is not taken twice, while a card still lies before the camera. */
const SAME_CODE = 4000;
/** So long the camera looks for a card before it rests. */
const LONGEST_LOOK = 180_000;

const NOTHING = { text: "", at: 0 };

export class Camera {
  private scanner: Scanner | null = null;
  private rest: ReturnType<typeof setTimeout> | undefined;
  private last = NOTHING;
  private wasUsed = false;

  constructor(private readonly tell: (event: Event) => void) {}

  /** Follow a new state; `video` is the picture's place where the page shows one. */
  follow(state: State, before: State, video: HTMLVideoElement | null): void {
    const { step } = state;
    const isWanted = step.at === "idle" && step.entry === "scan" && video !== null;
    if (isWanted && this.scanner === null) {
      this.start(video);
    } else if (!isWanted) {
      this.stop();
    }
    if (step.at !== "idle" && step.at !== "checking") {
      this.last = NOTHING;
    }
    if (step.at === "idle" && before.step.at !== "idle") {
      void this.returnToScan(state);
    }
  }

  private start(video: HTMLVideoElement): void {
    if (!hasCamera()) {
      this.tell({ do: "cameraless" });
      return;
    }
    this.scanner = new Scanner(video, (text) => this.found(text));
    this.scanner.start().then(
      () => {
        this.wasUsed = true;
      },
      () => {
        this.stop();
        this.tell({ do: "cameraless" });
      },
    );
    this.rest = setTimeout(() => this.tell({ do: "enter", entry: "none" }), LONGEST_LOOK);
  }

  private found(text: string): void {
    const now = performance.now();
    const isSame = text === this.last.text && now - this.last.at < SAME_CODE;
    this.last = { text, at: now };
    if (!isSame) {
      this.tell({ do: "check", code: text });
    }
  }

  private stop(): void {
    clearTimeout(this.rest);
    this.scanner?.stop();
    this.scanner = null;
  }

  /** Where the last deputy scanned, the next one need not touch anything to do so. */
  private async returnToScan({ hall }: State): Promise<void> {
    if (this.wasUsed && currentOf(hall)?.state === "open" && (await isCameraAllowed())) {
      this.tell({ do: "enter", entry: "scan" });
    }
  }
}
