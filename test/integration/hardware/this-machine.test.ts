import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { cpus, hostname, tmpdir, totalmem, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { detectMachine } from '../../../src/core/hardware/detect-machine.ts';
import { checkDataDirectory, freeDiskBytes } from '../../../src/core/hardware/disk.ts';
import { createSystemFiles } from '../../../src/core/hardware/files.ts';
import { fingerprintMachine } from '../../../src/core/hardware/fingerprint.ts';
import { machineReportSchema } from '../../../src/shared/domain/machine.ts';

/** Matches a text that holds `part`. */
const containing = (part: string): unknown => expect.stringContaining(part);

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'this-machine-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('this machine', () => {
  it('is detected twice with one identity, agrees with Node and tells nobody whose it is', async () => {
    const report = machineReportSchema.parse(await detectMachine());
    const again = await detectMachine();
    expect(fingerprintMachine(again)).toBe(fingerprintMachine(report));
    expect(report.memory.totalBytes).toMatchObject({ value: totalmem() });
    const usable = report.cpu.usable.status === 'present' ? report.cpu.usable.value.cpus : 0;
    expect(usable).toBeGreaterThan(0);
    expect(usable).toBeLessThanOrEqual(cpus().length);
    const texts: string[] = [];
    JSON.stringify(report, (_key, value: unknown) => {
      if (typeof value === 'string') texts.push(value);
      return value;
    });
    // A host may be named like its system.
    for (const name of [hostname(), userInfo().username].filter((name) => name !== process.platform)) {
      expect(texts).not.toContain(name);
    }
  });
});

describe('reading system files', () => {
  it('trims, and tells an empty file from one that is missing and from a directory', async () => {
    const files = createSystemFiles(root);
    await writeFile(join(root, 'value'), ' 42\n');
    await writeFile(join(root, 'empty'), '\n');
    await mkdir(join(root, 'directory'));
    expect(await files.read('/value')).toEqual({ status: 'present', value: '42' });
    expect(await files.read('/empty')).toMatchObject({ status: 'absent', reason: '/empty is empty' });
    expect(await files.read('/none')).toMatchObject({ reason: '/none does not exist on this system' });
    expect(await files.read('/directory')).toMatchObject({ status: 'absent' });
    expect(await files.list('/')).toEqual({ status: 'present', value: ['directory', 'empty', 'value'] });
    expect(await files.list('/none')).toMatchObject({ status: 'absent' });
  });
});

describe('the data directory', () => {
  it('is made when it is missing, and the check leaves nothing in it', async () => {
    const path = join(root, 'a', 'b');
    expect(await checkDataDirectory(path, 0)).toMatchObject({ status: 'usable', created: true, path });
    expect(await checkDataDirectory(path, 0)).toMatchObject({ status: 'usable', created: false });
    expect(await readdir(path)).toEqual([]);
  });

  it('is refused when a file is in its place, or above it', async () => {
    await writeFile(join(root, 'file'), '');
    expect(await checkDataDirectory(join(root, 'file'))).toMatchObject({
      status: 'unusable',
      cause: 'not-a-directory',
    });
    expect(await checkDataDirectory(join(root, 'file', 'below'))).toMatchObject({ cause: 'cannot-create' });
  });

  it('is refused when more space is needed than the file system has', async () => {
    const free = await freeDiskBytes(root);
    expect(free).toBeGreaterThan(0);
    expect(await checkDataDirectory(root, free * 4)).toMatchObject({
      cause: 'too-little-space',
      reason: containing('MiB'),
    });
  });

  it('is refused when it cannot be written to', async () => {
    await chmod(root, 0o500);
    // Nobody writes into /proc, while the owner of everything writes into a directory without the right to.
    const path = process.platform === 'linux' ? '/proc' : root;
    expect(await checkDataDirectory(path, 0)).toMatchObject({ cause: 'not-writable' });
    await chmod(root, 0o700);
  });
});
