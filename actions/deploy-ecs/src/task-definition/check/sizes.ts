/**
 * CPU in units: `256`, `.25 vCPU`, `0.5vcpu`.
 * @returns undefined for what is no size
 */
export function cpuUnits(text: string): number | undefined {
  return sized(text, /^ *(\d{1,7}(?:\.\d{1,6})?|\.\d{1,6}) *vcpu *$/i);
}

/**
 * Memory in MiB: `512`, `0.5GB`, `2 GB`.
 * @returns undefined for what is no size
 */
export function memoryMib(text: string): number | undefined {
  return sized(text, /^ *(\d{1,7}(?:\.\d{1,6})?|\.\d{1,6}) *gb *$/i);
}

function sized(text: string, large: RegExp): number | undefined {
  if (/^ *\d{1,9} *$/.test(text)) return Number(text);
  const [, number] = large.exec(text) ?? [];
  const size = Number(number ?? Number.NaN) * 1_024;
  return Number.isInteger(size) ? size : undefined;
}

/** Memory that Fargate gives with so much CPU, in MiB; both bounds are included. */
interface FargateSize {
  cpu: number;
  least: number;
  most: number;
  step: number;
  windows: boolean;
}

/** Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html */
const fargateSizes: readonly FargateSize[] = [
  { cpu: 256, least: 512, most: 2_048, step: 512, windows: false },
  { cpu: 512, least: 1_024, most: 4_096, step: 1_024, windows: false },
  { cpu: 1_024, least: 2_048, most: 8_192, step: 1_024, windows: true },
  { cpu: 2_048, least: 4_096, most: 16_384, step: 1_024, windows: true },
  { cpu: 4_096, least: 8_192, most: 30_720, step: 1_024, windows: true },
  { cpu: 8_192, least: 16_384, most: 61_440, step: 4_096, windows: false },
  { cpu: 16_384, least: 32_768, most: 122_880, step: 8_192, windows: false },
];
const largestKnown = 16_384;

/**
 * What is wrong with a size on Fargate; undefined when nothing is. Larger ones than the table has are
 * left to ECS, which may have got them since.
 */
export function fargateSizeProblem(
  cpu: number,
  memory: number,
  windows: boolean,
): string | undefined {
  if (cpu > largestKnown) return undefined;
  const size = fargateSizes.find((one) => one.cpu === cpu);
  const known = fargateSizes.filter((one) => one.windows || !windows).map((one) => one.cpu);
  if (!size || (windows && !size.windows)) {
    const system = windows ? ' for Windows' : '';
    return `cpu is ${cpu}, which Fargate does not have${system}; it has ${known.join(', ')}`;
  }
  if (memory >= size.least && memory <= size.most && memory % size.step === 0) {
    // 256 has 512, 1024 and 2048, not 1536.
    if (!(cpu === 256 && memory === 1_536)) return undefined;
  }
  const has =
    cpu === 256 ? '512, 1024 or 2048' : `${size.least} to ${size.most} in steps of ${size.step}`;
  return `memory is ${memory} MiB, which Fargate does not have with cpu ${cpu}; it has ${has}`;
}
