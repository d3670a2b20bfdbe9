import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { TestEnvironment } from 'jest-environment-node';

const root = join(import.meta.dirname, '..');

/** Seconds of CPU that this process has taken, with the programs that it started and that have ended. */
function cpuSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6 + childSeconds();
}

// proc(5), fields 16 and 17, in hundredths of a second; the name in field 2 may have blanks in it.
function childSeconds() {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1).split(' ');
    return (Number(fields[13]) + Number(fields[14])) / 100;
  } catch {
    return 0;
  }
}

/** Jest's environment for Node; writes down what each file took where SLIPWAY_CPU_FOLDER asks for it. */
export default class MeasuredEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    this.file = relative(root, context.testPath);
  }

  async setup() {
    this.before = cpuSeconds();
    await super.setup();
  }

  async teardown() {
    await super.teardown();
    const folder = process.env['SLIPWAY_CPU_FOLDER'];
    if (!folder) return;
    mkdirSync(folder, { recursive: true });
    const seconds = cpuSeconds() - this.before;
    writeFileSync(
      join(folder, `${this.file.replaceAll(/[\\/]/g, '+')}.txt`),
      `${seconds.toFixed(1)}\t${this.file}\n`,
    );
  }
}
