/**
 * Draws the application's icon, a dial with its needle, in every form that a package needs. Run after a change and
 * commit what it writes: `node tools/node/run.js scripts/draw-icons.ts`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { packageRoot } from '../src/core/resources.ts';

type Colour = readonly [red: number, green: number, blue: number];

/** Lengths in units of the drawing, which is 1024 wide; angles in degrees, clockwise from the right. */
const size = 1024;
const plate = { inset: 64, radius: 200, colour: [11, 114, 133] as Colour };
const centre = { x: 512, y: 590 };
const arc = { radius: 300, width: 64, from: 160, to: 380, colour: [255, 255, 255] as Colour };
/** The interval around the reading. */
const band = { from: 290, to: 330, colour: [59, 201, 219] as Colour };
const needle = { angle: 310, length: 330, width: 40, colour: [255, 255, 255] as Colour };
const hub = { radius: 58, colour: [255, 255, 255] as Colour };
const samplesPerSide = 4;

const toRadians = (degrees: number): number => (degrees * Math.PI) / 180;
const onCircle = (radius: number, degrees: number): [x: number, y: number] => [
  centre.x + radius * Math.cos(toRadians(degrees)),
  centre.y + radius * Math.sin(toRadians(degrees)),
];

/** Colour at a point; null outside the plate. */
function colourAt(x: number, y: number): Colour | null {
  const half = size / 2 - plate.inset - plate.radius;
  const distance = Math.hypot(Math.max(Math.abs(x - size / 2) - half, 0), Math.max(Math.abs(y - size / 2) - half, 0));
  if (distance > plate.radius) return null;
  const fromCentre = Math.hypot(x - centre.x, y - centre.y);
  if (fromCentre <= hub.radius) return hub.colour;
  const [tipX, tipY] = onCircle(needle.length, needle.angle);
  const along = ((x - centre.x) * (tipX - centre.x) + (y - centre.y) * (tipY - centre.y)) / needle.length;
  const across = Math.sqrt(Math.max(fromCentre ** 2 - along ** 2, 0));
  if (along >= 0 && along <= needle.length && across <= needle.width / 2) return needle.colour;
  if (Math.abs(fromCentre - arc.radius) > arc.width / 2) return plate.colour;
  const degrees = (Math.atan2(y - centre.y, x - centre.x) * 180) / Math.PI;
  const turned = degrees < arc.to - 360 ? degrees + 360 : degrees < 0 ? degrees + 360 : degrees;
  const angle = turned < arc.from ? turned + 360 : turned;
  if (angle > arc.to) return plate.colour;
  return angle >= band.from && angle <= band.to ? band.colour : arc.colour;
}

/** PNG of `pixels` x `pixels`, each pixel the mean of its samples. */
function drawPng(pixels: number): Buffer {
  const rowBytes = 1 + 4 * pixels;
  const raw = Buffer.alloc(rowBytes * pixels);
  const unit = size / pixels;
  for (let row = 0; row < pixels; row++) {
    for (let column = 0; column < pixels; column++) {
      const sum = [0, 0, 0];
      let inside = 0;
      for (let sample = 0; sample < samplesPerSide ** 2; sample++) {
        const x = (column + ((sample % samplesPerSide) + 0.5) / samplesPerSide) * unit;
        const y = (row + (Math.floor(sample / samplesPerSide) + 0.5) / samplesPerSide) * unit;
        const colour = colourAt(x, y);
        if (colour === null) continue;
        inside += 1;
        colour.forEach((value, channel) => (sum[channel] = (sum[channel] ?? 0) + value));
      }
      const at = row * rowBytes + 1 + 4 * column;
      sum.forEach((value, channel) => (raw[at + channel] = inside === 0 ? 0 : Math.round(value / inside)));
      raw[at + 3] = Math.round((255 * inside) / samplesPerSide ** 2);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(pixels, 0);
  header.writeUInt32BE(pixels, 4);
  // 8 bits a channel, RGBA.
  header.set([8, 6, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const data = deflateSync(raw, { level: 9 });
  return Buffer.concat([
    signature,
    pngChunk('IHDR', header),
    pngChunk('IDAT', data),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** Windows: a directory of PNG files in one. */
function toIco(images: readonly { pixels: number; png: Buffer }[]): Buffer {
  const directory = Buffer.alloc(6 + 16 * images.length);
  directory.writeUInt16LE(1, 2);
  directory.writeUInt16LE(images.length, 4);
  let offset = directory.length;
  images.forEach(({ pixels, png }, index) => {
    const at = 6 + 16 * index;
    // 0 stands for 256.
    directory.set([pixels % 256, pixels % 256, 0, 0, 1, 0, 32, 0], at);
    directory.writeUInt32LE(png.length, at + 8);
    directory.writeUInt32LE(offset, at + 12);
    offset += png.length;
  });
  return Buffer.concat([directory, ...images.map(({ png }) => png)]);
}

/** macOS: tagged PNG files in one. */
function toIcns(images: readonly { tag: string; png: Buffer }[]): Buffer {
  const tagged = (tag: string, data: Buffer): Buffer => {
    const head = Buffer.alloc(8);
    head.write(tag, 'latin1');
    head.writeUInt32BE(8 + data.length, 4);
    return Buffer.concat([head, data]);
  };
  return tagged('icns', Buffer.concat(images.map(({ tag, png }) => tagged(tag, png))));
}

function drawSvg(): string {
  const hex = (colour: Colour): string => `#${colour.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
  const sector = (from: number, to: number, colour: Colour): string => {
    const [[startX, startY], [endX, endY]] = [onCircle(arc.radius, from), onCircle(arc.radius, to)];
    const point = (x: number, y: number): string => `${x.toFixed(1)} ${y.toFixed(1)}`;
    const path = `M${point(startX, startY)}A${arc.radius} ${arc.radius} 0 ${to - from > 180 ? 1 : 0} 1 ${point(endX, endY)}`;
    return `  <path d="${path}" fill="none" stroke="${hex(colour)}" stroke-width="${arc.width}"/>`;
  };
  const side = size - 2 * plate.inset;
  const [tipX, tipY] = onCircle(needle.length, needle.angle);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}">`,
    `  <rect x="${plate.inset}" y="${plate.inset}" width="${side}" height="${side}" rx="${plate.radius}" fill="${hex(plate.colour)}"/>`,
    sector(arc.from, arc.to, arc.colour),
    sector(band.from, band.to, band.colour),
    `  <path d="M${centre.x} ${centre.y}L${tipX.toFixed(1)} ${tipY.toFixed(1)}" stroke="${hex(needle.colour)}" stroke-width="${needle.width}"/>`,
    `  <circle cx="${centre.x}" cy="${centre.y}" r="${hub.radius}" fill="${hex(hub.colour)}"/>`,
    '</svg>',
    '',
  ].join('\n');
}

const pngs = new Map([16, 32, 48, 64, 128, 256, 512, 1024].map((pixels) => [pixels, drawPng(pixels)] as const));
const png = (pixels: number): Buffer => {
  const drawn = pngs.get(pixels);
  if (drawn === undefined) throw new Error(`nothing was drawn with ${pixels} pixels`);
  return drawn;
};
const iconsFolder = join(packageRoot, 'build', 'icons');
const windowIcon = join(packageRoot, 'resources', 'icons');
for (const folder of [iconsFolder, windowIcon]) mkdirSync(folder, { recursive: true });
for (const pixels of [16, 32, 48, 64, 128, 256, 512]) {
  writeFileSync(join(iconsFolder, `${pixels}x${pixels}.png`), png(pixels));
}
writeFileSync(join(windowIcon, 'window.png'), png(256));
writeFileSync(join(packageRoot, 'build', 'icon.svg'), drawSvg());
writeFileSync(
  join(packageRoot, 'build', 'icon.ico'),
  toIco([16, 32, 48, 256].map((pixels) => ({ pixels, png: png(pixels) }))),
);
const macSizes = { ic07: 128, ic08: 256, ic09: 512, ic10: 1024 };
writeFileSync(
  join(packageRoot, 'build', 'icon.icns'),
  toIcns(Object.entries(macSizes).map(([tag, pixels]) => ({ tag, png: png(pixels) }))),
);
