/** Reads the code of a receipt on paper with the camera, where there is one. */

import { Scanner, hasCamera } from "../common/scan.js";
import { must } from "../common/dom.js";

/** Offer the camera; `take` tells whether a code that was seen is of use. */
export function offerCamera(take: (text: string) => boolean): void {
  const button = must<HTMLButtonElement>("#scan");
  const video = must<HTMLVideoElement>("#scan-video");
  const problem = must("#scan-problem");
  if (!hasCamera()) {
    button.hidden = true;
    return;
  }
  const scanner = new Scanner(video, (text) => {
    if (take(text)) {
      stop();
    }
  });
  const stop = (): void => {
    scanner.stop();
    video.hidden = true;
    button.setAttribute("aria-pressed", "false");
  };
  button.addEventListener("click", () => {
    problem.hidden = true;
    if (!video.hidden) {
      stop();
      return;
    }
    video.hidden = false;
    button.setAttribute("aria-pressed", "true");
    scanner.start().catch(() => {
      stop();
      problem.hidden = false;
    });
  });
}
