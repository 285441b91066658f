/** A field that a scanner or the camera fills, and that keeps secret codes out. */

import { h, s } from "../common/dom.js";
import { t } from "../common/messages.js";
import { Scanner, hasCamera } from "../common/scan.js";

/** The code of a card or of a scrutineer's sheet, scanned or typed; nobody at the desk may have it. */
const SECRET = /^(M[ST]1|([0-9A-HJKMNP-TV-Z]{4}-?){6,14}$)/i;

/** Tell whether a text is a secret that belongs on a tablet alone. */
export function isSecret(text: string): boolean {
  return SECRET.test(text.replace(/\s/g, ""));
}

/** Puts a camera beside a field, and refuses secrets in it. */
export class Codes {
  private readonly view = h("video", {
    class: "scan-view",
    hidden: true,
    playsinline: true,
    muted: true,
    "aria-label": t("Picture of the camera"),
  }) as HTMLVideoElement;
  private readonly problem: HTMLElement;
  private readonly button: HTMLElement;
  private scanner: Scanner | null = null;

  constructor(private readonly field: HTMLInputElement) {
    this.problem = h("p", { class: "problem", role: "alert", id: `${field.id}-problem` });
    this.button = h(
      "button",
      { type: "button", class: "button is-quiet" },
      this.icon("scan-line"),
      t("Scan with the camera"),
    );
    this.place();
    field.form?.addEventListener("submit", (event) => this.guard(event));
    this.button.addEventListener("click", () => void this.toggle());
  }

  private icon(name: string): SVGElement {
    const use = s("use", { href: `${this.field.dataset["icons"] ?? ""}#${name}` });
    return s("svg", { class: "icon", "aria-hidden": "true", focusable: "false" }, use);
  }

  private place(): void {
    const { field } = this;
    const row = field.parentElement?.classList.contains("together")
      ? field.parentElement
      : h("div", { class: "scannable" });
    if (row !== field.parentElement) {
      field.before(row);
      row.append(field);
    }
    if (hasCamera()) {
      row.append(this.button);
    }
    row.after(this.problem, this.view);
  }

  private guard(event: Event): void {
    if (!isSecret(this.field.value)) {
      return;
    }
    event.preventDefault();
    this.refuse();
  }

  private refuse(): void {
    this.field.value = "";
    this.field.focus();
    this.field.setAttribute("aria-describedby", this.problem.id);
    this.problem.textContent = t(
      "This is a card's secret code: only the deputy's tablet may read it. Scan the code of the stub, or type the serial.",
    );
  }

  private async toggle(): Promise<void> {
    if (this.scanner !== null) {
      this.stop();
      return;
    }
    this.problem.textContent = "";
    this.view.hidden = false;
    this.scanner = new Scanner(this.view, (text) => this.found(text));
    try {
      await this.scanner.start();
    } catch {
      this.stop();
      this.problem.textContent = t("No camera can be used here. Type the code instead.");
    }
  }

  private stop(): void {
    this.scanner?.stop();
    this.scanner = null;
    this.view.hidden = true;
  }

  private found(text: string): void {
    this.stop();
    if (isSecret(text)) {
      this.refuse();
      return;
    }
    this.field.value = text.trim();
    if (this.field.dataset["scan"] === "submit") {
      this.field.form?.requestSubmit();
    } else {
      this.field.focus();
    }
  }
}
