import { crc32, deflateRawSync } from 'node:zlib';

/** A small but complete shared library: header, one segment, a dynamic section and its strings. */
export function buildElf(
  options: { needed?: string[]; runPath?: string; machine?: number; padding?: number; text?: string } = {},
): Buffer {
  const { needed = [], runPath, machine = 62, padding = 0, text = '' } = options;
  let strings = '\0';
  const intern = (value: string) => {
    const offset = strings.length;
    strings += `${value}\0`;
    return offset;
  };
  const tags = needed.map((name): [number, number] => [1, intern(name)]);
  if (runPath !== undefined) tags.push([29, intern(runPath)]);
  intern(text);
  const stringsAt = 64 + 2 * 56;
  const dynamicAt = stringsAt + strings.length;
  tags.push([5, stringsAt], [10, strings.length], [0, 0]);
  const size = dynamicAt + tags.length * 16 + padding;

  const elf = Buffer.alloc(size);
  elf.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  elf.writeUInt16LE(3, 16);
  elf.writeUInt16LE(machine, 18);
  elf.writeBigUInt64LE(64n, 32);
  elf.writeUInt16LE(56, 54);
  elf.writeUInt16LE(2, 56);
  const segment = (at: number, type: number, offset: number, length: number) => {
    elf.writeUInt32LE(type, at);
    for (const field of [8, 16, 24]) elf.writeBigUInt64LE(BigInt(offset), at + field);
    for (const field of [32, 40]) elf.writeBigUInt64LE(BigInt(length), at + field);
  };
  segment(64, 1, 0, size);
  segment(120, 2, dynamicAt, tags.length * 16);
  elf.write(strings, stringsAt, 'latin1');
  tags.forEach(([tag, value], index) => {
    elf.writeBigUInt64LE(BigInt(tag), dynamicAt + index * 16);
    elf.writeBigUInt64LE(BigInt(value), dynamicAt + index * 16 + 8);
  });
  return elf;
}

/** A zip archive with these files, deflated. */
export function buildZip(files: Record<string, Buffer | string>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const data = Buffer.from(content);
    const packed = deflateRawSync(data);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), packed]);
    const central = Buffer.alloc(14);
    central.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, central, Buffer.from(name)]));
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, central, end]);
}
