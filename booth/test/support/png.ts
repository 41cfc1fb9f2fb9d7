// Screenshots side by side in one small PNG: few colours, no alpha. For documentation, not for measuring.
import { deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex");
/** At most as many as four bits tell apart. */
const COLOURS = 14;
const GAP = 16;
const GAP_COLOUR = 0x808080;

interface Picture {
  readonly width: number;
  readonly height: number;
  /** One number for each pixel, 0xRRGGBB. */
  readonly pixels: Uint32Array;
}

/** Pictures from left to right, reduced to the most frequent colours. */
export function sideBySide(pngs: readonly Uint8Array[]): Uint8Array {
  const pictures = pngs.map(decode);
  const height = Math.max(...pictures.map((picture) => picture.height));
  const width = pictures.reduce((sum, picture) => sum + picture.width, GAP * (pictures.length - 1));
  const pixels = new Uint32Array(width * height).fill(GAP_COLOUR);
  let left = 0;
  for (const picture of pictures) {
    for (let y = 0; y < picture.height; y++) {
      pixels.set(picture.pixels.subarray(y * picture.width, (y + 1) * picture.width), y * width + left);
    }
    left += picture.width + GAP;
  }
  return encode({ width, height, pixels });
}

/** 8-bit RGB or RGBA without interlacing, as Chromium writes it. */
function decode(png: Uint8Array): Picture {
  const bytes = Buffer.from(png);
  const data: Buffer[] = [];
  let [width, height, channels] = [0, 0, 0];
  for (let at = SIGNATURE.length; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString("latin1", at + 4, at + 8);
    const content = bytes.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") {
      [width, height] = [content.readUInt32BE(0), content.readUInt32BE(4)];
      const [depth, colour, , , interlaced] = content.subarray(8);
      if (depth !== 8 || (colour !== 2 && colour !== 6) || interlaced !== 0) throw new Error("another PNG");
      channels = colour === 2 ? 3 : 4;
    }
    if (type === "IDAT") data.push(content);
    at += 12 + length;
  }
  const lines = unfilter(inflateSync(Buffer.concat(data)), { width, height, channels });
  const pixels = new Uint32Array(width * height);
  for (let i = 0; i < pixels.length; i++) {
    const at = i * channels;
    pixels[i] = (lines[at]! << 16) | (lines[at + 1]! << 8) | lines[at + 2]!;
  }
  return { width, height, pixels };
}

function unfilter(
  raw: Uint8Array,
  { width, height, channels }: { width: number; height: number; channels: number },
): Uint8Array {
  const stride = width * channels;
  const out = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)]!;
    for (let x = 0; x < stride; x++) {
      const to = y * stride + x;
      const a = x >= channels ? out[to - channels]! : 0;
      const b = y > 0 ? out[to - stride]! : 0;
      const c = x >= channels && y > 0 ? out[to - stride - channels]! : 0;
      out[to] = raw[y * (stride + 1) + 1 + x]! + predict(filter, a, b, c);
    }
  }
  return out;
}

function predict(filter: number, a: number, b: number, c: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return a;
  if (filter === 2) return b;
  if (filter === 3) return (a + b) >> 1;
  const da = Math.abs(b - c);
  const db = Math.abs(a - c);
  const dc = Math.abs(a + b - 2 * c);
  if (da <= db && da <= dc) return a;
  return db <= dc ? b : c;
}

function encode({ width, height, pixels }: Picture): Uint8Array {
  const counts = new Map<number, number>();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const palette = paletteOf(counts);
  const indices = new Map([...counts.keys()].map((colour) => [colour, nearest(palette, colour)]));
  const stride = 1 + Math.ceil(width / 2);
  const raw = new Uint8Array(height * stride);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * stride + 1 + (x >> 1);
      raw[at] = raw[at]! | (indices.get(pixels[y * width + x]!)! << (x % 2 === 0 ? 4 : 0));
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([4, 3, 0, 0, 0], 8);
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("PLTE", colours),
    chunk("IDAT", deflateSync(raw, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** One after another the colour that is frequent and far from those before: backgrounds, ink, then accents. */
function paletteOf(counts: ReadonlyMap<number, number>): readonly number[] {
  const palette: number[] = [];
  const far = new Map([...counts.keys()].map((colour) => [colour, 1]));
  while (palette.length < COLOURS && palette.length < counts.size) {
    let best = -1;
    let bestWeight = -1;
    for (const [colour, count] of counts) {
      const weight = count * far.get(colour)! ** 3;
      if (weight > bestWeight) [best, bestWeight] = [colour, weight];
    }
    palette.push(best);
    for (const colour of counts.keys()) {
      const away = distance(colour, best);
      far.set(colour, palette.length === 1 ? away : Math.min(far.get(colour)!, away));
    }
  }
  return palette;
}

function distance(a: number, b: number): number {
  const red = Math.abs((a >> 16) - (b >> 16));
  const green = Math.abs(((a >> 8) & 255) - ((b >> 8) & 255));
  return red + green + Math.abs((a & 255) - (b & 255));
}

function nearest(palette: readonly number[], colour: number): number {
  let best = 0;
  for (let i = 1; i < palette.length; i++) {
    if (distance(palette[i]!, colour) < distance(palette[best]!, colour)) best = i;
  }
  return best;
}

function chunk(type: string, content: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(content.length, 0);
  out.set(body, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 255]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
