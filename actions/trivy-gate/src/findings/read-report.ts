import { open } from 'node:fs/promises';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import { field, listField, parseJson, textField } from '@slipway/shared/http/json';
import type { Finding } from './finding.ts';
import { findingOf } from './finding-of.ts';
import { ReportPieces } from './report-pieces.ts';

/** The operating system of an image. */
export interface OperatingSystem {
  /** `debian` */
  family: string;
  /** `12.5` */
  version: string;
  endOfLife: boolean;
}

/** What a report of Trivy says. */
export interface ScanReport {
  /** `0.74.0`; undefined in reports of older versions. */
  trivy: string | undefined;
  /** As it was named for the scan. */
  artifact: string;
  /** Digest of the image's config; undefined for a folder. */
  imageId: string | undefined;
  repoDigests: string[];
  repoTags: string[];
  system: OperatingSystem | undefined;
  /** `linux/amd64`; undefined for a folder. */
  platform: string | undefined;
  findings: Finding[];
}

const chunkSize = 1 << 20;

/**
 * Reads a JSON report of Trivy, of schema version 2.
 * Source: pkg/types/report.go of Trivy; `Results` may be missing for a clean image.
 * @param path the file
 * @param shown how people know the file, for failures
 * @throws Failure `gate/report`, `gate/report-schema`
 */
export async function readReport(path: string, shown: string): Promise<ScanReport> {
  const fail = (said: string, cause?: unknown): never => {
    throw Failure.of('gate/report', { report: shown, said }, cause);
  };
  const findings: Finding[] = [];
  const resultOf: number[] = [];
  const pieces = new ReportPieces((list, result, json) => {
    if (!Object.hasOwn(findingOf, list)) return;
    const value = parseJson(json());
    const finding = findingOf[list]?.(value);
    if (finding === 'malformed') fail(`entry ${findings.length + 1} of its ${list} is incomplete`);
    else if (finding) resultOf[findings.push(finding) - 1] = result;
  });
  try {
    await using file = await open(path);
    const buffer = Buffer.allocUnsafe(chunkSize);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, chunkSize);
      if (bytesRead === 0) break;
      pieces.write(buffer.subarray(0, bytesRead));
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    fail(messageOf(error), error);
  }
  const rest = pieces.end();
  if (rest === undefined) return fail('it ends in the middle');
  if (rest.trim() === '') return fail('it is empty');
  const document = parseJson(rest);
  if (typeof document !== 'object' || document === null) return fail('it is not JSON');
  const version = field(document, 'SchemaVersion');
  if (version === undefined) return fail('it has no SchemaVersion');
  if (version !== 2) {
    throw Failure.of('gate/report-schema', { report: shown, version: JSON.stringify(version) });
  }
  finish(findings, resultOf, listField(document, 'Results'));
  return { ...headOf(document), findings };
}

function headOf(document: object): Omit<ScanReport, 'findings'> {
  const metadata = field(document, 'Metadata');
  const os = field(metadata, 'OS');
  const family = textField(os, 'Family');
  const config = field(metadata, 'ImageConfig');
  const [system, machine] = [textField(config, 'os'), textField(config, 'architecture')];
  const variant = textField(config, 'variant');
  return {
    trivy: textField(field(document, 'Trivy'), 'Version'),
    artifact: textField(document, 'ArtifactName') ?? '',
    imageId: textField(metadata, 'ImageID'),
    repoDigests: texts(listField(metadata, 'RepoDigests')),
    repoTags: texts(listField(metadata, 'RepoTags')),
    system: family
      ? { family, version: textField(os, 'Name') ?? '', endOfLife: field(os, 'EOSL') === true }
      : undefined,
    platform: system && machine ? [system, machine, variant].filter(Boolean).join('/') : undefined,
  };
}

// The class and the place of a finding are those of its result, which may follow its lists.
function finish(
  findings: readonly Finding[],
  resultOf: readonly number[],
  results: readonly unknown[],
): void {
  const facts = results.map((result) => ({
    class: textField(result, 'Class') ?? '',
    type: textField(result, 'Type') ?? '',
    target: textField(result, 'Target') ?? '',
  }));
  for (const [index, finding] of findings.entries()) {
    const result = facts[resultOf[index] ?? -1];
    if (!result) continue;
    finding.class = result.class;
    finding.type = result.type;
    finding.path ||= result.class === 'os-pkgs' ? '' : result.target;
  }
}

function texts(list: readonly unknown[]): string[] {
  return list.filter((one) => typeof one === 'string');
}
