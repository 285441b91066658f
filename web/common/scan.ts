/** Reads codes with the camera: by the browser's own detector, else by our package. */

/** What the lookup of one frame needs; the browser's detector is not in TypeScript's list. */
interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}

interface DetectorKind {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
}

type Look = (video: HTMLVideoElement) => Promise<string | null>;

const PAUSE = 150;
/** A wider picture shows a card's code no better and takes long to search. */
const WIDEST = 800;

/** Tell whether this page may ask for a camera: only over https or on this machine. */
export function hasCamera(): boolean {
  return navigator.mediaDevices !== undefined;
}

/** Tell whether people allowed the camera before, so that it may start by itself. */
export async function isCameraAllowed(): Promise<boolean> {
  try {
    const name = "camera" as PermissionName;
    return hasCamera() && (await navigator.permissions.query({ name })).state === "granted";
  } catch {
    return false;
  }
}

/** Looks through a camera until it is stopped. */
export class Scanner {
  private stream: MediaStream | null = null;
  private isOn = false;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly found: (text: string) => void,
  ) {}

  /** Begin to look. Throws where there is no camera or none is allowed. */
  async start(): Promise<void> {
    this.isOn = true;
    const stream = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: "environment", width: { ideal: 1280 } },
    });
    if (!this.isOn) {
      end(stream);
      return;
    }
    this.stream = stream;
    this.video.srcObject = stream;
    await this.video.play();
    const look = await lookOf();
    void this.watch(look);
  }

  private async watch(look: Look): Promise<void> {
    while (this.isOn) {
      const text = this.video.videoWidth > 0 ? await look(this.video) : null;
      if (text !== null && this.isOn) {
        this.found(text);
      }
      await new Promise((resume) => setTimeout(resume, PAUSE));
    }
  }

  /** Switch the camera off. */
  stop(): void {
    this.isOn = false;
    if (this.stream !== null) {
      end(this.stream);
    }
    this.stream = null;
    this.video.srcObject = null;
  }
}

function end(stream: MediaStream): void {
  stream.getTracks().forEach((track) => track.stop());
}

async function lookOf(): Promise<Look> {
  const kind = (globalThis as { BarcodeDetector?: DetectorKind }).BarcodeDetector;
  const formats = (await kind?.getSupportedFormats().catch(() => [])) ?? [];
  if (kind === undefined || !formats.includes("qr_code")) {
    return lookOurselves();
  }
  const detector = new kind({ formats: ["qr_code"] });
  return async (video) => {
    const codes = await detector.detect(video).catch(() => []);
    return codes[0]?.rawValue ?? null;
  };
}

async function lookOurselves(): Promise<Look> {
  const { decodeQR } = await import("qr/decode.js");
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return (video) => {
    const scale = Math.min(1, WIDEST / video.videoWidth);
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    context?.drawImage(video, 0, 0, canvas.width, canvas.height);
    const picture = context?.getImageData(0, 0, canvas.width, canvas.height);
    context?.clearRect(0, 0, canvas.width, canvas.height);
    return Promise.resolve(picture === undefined ? null : read(picture, decodeQR));
  };
}

/** The package throws where a picture shows no code, which most don't; one of a card is a secret. */
function read(picture: ImageData, decode: (picture: ImageData) => string): string | null {
  try {
    return decode(picture);
  } catch {
    return null;
  } finally {
    picture.data.fill(0);
  }
}
