/** What helps residents who write: like proposals at once, smaller photos, the place, the code. */

const WAIT_MS = 350;
const LONGEST_SIDE = 2048;
const QUALITY = 0.85;
const SMALL_ENOUGH = 700_000;

/** Ask the server for like proposals while a title is typed; only the last answer counts. */
class Alike {
  private timer = 0;
  private asked: AbortController | null = null;

  constructor(
    private readonly title: HTMLInputElement,
    private readonly place: HTMLElement,
    private readonly address: string,
  ) {
    title.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => void this.ask(), WAIT_MS);
    });
  }

  private async ask(): Promise<void> {
    this.asked?.abort();
    this.asked = new AbortController();
    const query = new URLSearchParams({ title: this.title.value });
    try {
      const answer = await fetch(`${this.address}?${query}`, { signal: this.asked.signal });
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        this.place.replaceChildren(...page.body.childNodes);
      }
    } catch {
      // Without a network the page does without; the server looks once more when it is sent.
    }
  }
}

/** Make a photo smaller before it costs somebody's data; what can't be read is sent as it is. */
async function smaller(file: File): Promise<File> {
  if (file.size < SMALL_ENOUGH) {
    return file;
  }
  try {
    const image = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.width * scale);
    canvas.height = Math.round(image.height * scale);
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const made = await new Promise<Blob | null>((done) => {
      canvas.toBlob(done, "image/jpeg", QUALITY);
    });
    return made === null ? file : new File([made], "photo.jpg", { type: "image/jpeg" });
  } catch {
    return file;
  }
}

async function shrink(field: HTMLInputElement): Promise<void> {
  const chosen = [...(field.files ?? [])];
  const made = await Promise.all(chosen.map(smaller));
  const isSame = chosen.every((file, place) => file === field.files?.[place]);
  if (isSame && made.some((file, place) => file !== chosen[place])) {
    const transfer = new DataTransfer();
    made.forEach((file) => transfer.items.add(file));
    field.files = transfer.files;
  }
}

function locate(field: HTMLInputElement): void {
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    field.value = `${coords.latitude.toFixed(4)}, ${coords.longitude.toFixed(4)}`;
  });
}

export {}; // a module of its own, so that its names are nobody else's

const part = document.querySelector<HTMLElement>("[data-similar]");
const title = document.querySelector<HTMLInputElement>("#field-title");
const place = document.querySelector<HTMLElement>("#similar");
if (part && title && place) {
  new Alike(title, place, part.dataset["similar"] ?? "");
}

const photos = document.querySelector<HTMLInputElement>("#field-photos");
photos?.addEventListener("change", () => void shrink(photos));

const code = document.querySelector<HTMLInputElement>("#field-code");
if (code && code.value === "" && location.hash.length > 1) {
  code.value = decodeURIComponent(location.hash.slice(1));
}

const point = document.querySelector<HTMLInputElement>("#field-point");
const button = document.querySelector<HTMLButtonElement>("[data-locate]");
if (point && button && "geolocation" in navigator) {
  button.hidden = false;
  button.addEventListener("click", () => locate(point));
}

document.querySelectorAll<HTMLButtonElement>("[data-print]").forEach((press) => {
  press.hidden = false;
  press.addEventListener("click", () => window.print());
});
