import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@slipway/shared/failure/failure';
import { runTrivy, type Trivy } from '../scanner/run-trivy.ts';
import type { ReportFile } from './gate-result.ts';

/** Formats that Trivy makes out of its JSON report, with the name of the file. */
const converted: Readonly<Record<string, string>> = {
  cyclonedx: 'report.cdx.json',
  spdx: 'report.spdx',
  'spdx-json': 'report.spdx.json',
  table: 'report.txt',
  github: 'report.github.json',
  'cosign-vuln': 'report.vuln.json',
};

/** Whether a format lists all packages, so that the scan has to. */
export function listsPackages(format: string): boolean {
  return /^(?:cyclonedx|spdx|github|cosign-vuln)/.test(format);
}

/** What is converted into what, and where. */
export interface Conversion {
  /** The JSON report. */
  report: string;
  formats: readonly string[];
  folder: string;
  scanners: readonly string[];
}

/**
 * Converts a JSON report into other formats, without a second scan.
 * @throws Failure `gate/convert`
 */
export async function convertReport(
  trivy: Trivy,
  { report, formats, folder, scanners }: Conversion,
): Promise<ReportFile[]> {
  const files: ReportFile[] = [];
  for (const format of formats) {
    const name = converted[format];
    if (!name) continue;
    const path = join(folder, name);
    const table = format === 'table' ? ['--scanners', scanners.join(',')] : [];
    const args = ['convert', '--format', format, '--output', path, ...table, report];
    try {
      await runTrivy(trivy, args);
      await stat(path);
    } catch (error) {
      trivy.signal.throwIfAborted();
      const said = error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
      throw Failure.of('gate/convert', { format, said }, error);
    }
    files.push({ format, path });
  }
  return files;
}
