import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { BadInput } from '@slipway/shared/action/input';
import { realPathIn } from '@slipway/shared/action/path-input';
import { objectIn, textIn } from '@slipway/shared/document/json-object';
import type { FoundDocument } from '@slipway/shared/document/parse-document';
import { parseDocuments } from '@slipway/shared/document/parse-document';
import { Failure } from '@slipway/shared/failure/failure';
import { oneLine } from '@slipway/shared/image/said';
import { type GivenManifests, manifestsExample } from './given.ts';
import type { ManifestObject } from './manifest-object.ts';
import { objectsOf } from './objects-of.ts';

/** What a text of manifests is called in an error, and what it says. */
interface Text {
  /** Empty for the text of the input itself. */
  readonly name: string;
  readonly text: string;
  /** Whether a program made it. */
  readonly isRendered: boolean;
}

/** Longest text, of one file or of all that a program renders. */
export const longestManifest = 8 * 1024 * 1024;
const mostFiles = 1_000;

/**
 * Reads the manifests of an input: nothing is asked of a cluster.
 * @param render what a program makes of a folder; undefined for a folder of plain manifests
 * @throws Failure `action/input` with file, line and column
 */
export async function readManifests(
  given: GivenManifests,
  workspace: string,
  render: (folder: string) => Promise<string | undefined>,
): Promise<readonly ManifestObject[]> {
  try {
    const found: ManifestObject[] = [];
    for (const text of await textsOf(given, workspace, render)) {
      found.push(...(await manifestsIn(text)));
    }
    if (found.length === 0) throw new BadInput('has no object in it', manifestsExample);
    checkTwice(found);
    return found;
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    const problems = `Input manifests ${error.message}. Valid: ${error.example}`;
    throw Failure.of('action/input', { problems }, error);
  }
}

async function textsOf(
  given: GivenManifests,
  workspace: string,
  render: (folder: string) => Promise<string | undefined>,
): Promise<readonly Text[]> {
  if (given.at === 'text') return [{ name: '', text: given.text, isRendered: false }];
  const texts: Text[] = [];
  for (const path of given.paths) {
    const name = relative(workspace, path) || '.';
    if (!statSync(path).isDirectory()) {
      texts.push({ name, text: textOf(path, name), isRendered: false });
      continue;
    }
    const rendered = await render(path);
    if (rendered === undefined) texts.push(...filesOf(path, workspace));
    else texts.push({ name: `${name} (rendered)`, text: rendered, isRendered: true });
  }
  return texts;
}

/** All manifests of a folder and the folders in it, by name; as kubectl does, none that is hidden. */
function filesOf(folder: string, workspace: string): readonly Text[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(?:ya?ml|json)$/.test(file) && !/(?:^|[\\/])\./.test(file))
    .map((file) => join(folder, file))
    .sort();
  const name = relative(workspace, folder) || '.';
  if (files.length > mostFiles) {
    throw new BadInput(
      `names ${name}, which has more than ${mostFiles} manifests`,
      manifestsExample,
    );
  }
  if (files.length === 0) {
    throw new BadInput(`names ${name}, which has no .yaml, .yml or .json file`, manifestsExample);
  }
  return files.flatMap((file) => {
    const shown = relative(workspace, file);
    const real = realPathIn([workspace], file);
    if (real === undefined) {
      throw new BadInput(`names ${shown}, which leads out of the workspace`, manifestsExample);
    }
    if (!statSync(real, { throwIfNoEntry: false })?.isFile()) return [];
    return { name: shown, text: textOf(real, shown), isRendered: false };
  });
}

function textOf(path: string, name: string): string {
  if (statSync(path).size > longestManifest) {
    throw new BadInput(`names ${name}, which is larger than 8 MiB`, manifestsExample);
  }
  try {
    // Editors on Windows write the mark of UTF-8 first; the decoder takes it away.
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch {
    throw new BadInput(`names ${name}, which is not UTF-8`, manifestsExample);
  }
}

async function manifestsIn({ name, text, isRendered }: Text): Promise<readonly ManifestObject[]> {
  const place = (line: number) => (name === '' ? `line ${line}` : `${oneLine(name)}, line ${line}`);
  const documents = await documentsIn(name, text);
  const all = documents.flatMap(({ value, line }) => objectsOf(value, place(line)));
  return isRendered ? all.filter(isForDeploying) : all;
}

/** Charts have objects for other moments than a deployment, such as for being removed. */
function isForDeploying({ object }: ManifestObject): boolean {
  const hook = textIn(objectIn(objectIn(object, 'metadata'), 'annotations'), 'helm.sh/hook');
  return hook === undefined || /install|upgrade/.test(hook);
}

async function documentsIn(name: string, text: string): Promise<readonly FoundDocument[]> {
  try {
    return await parseDocuments(text, { example: manifestsExample, longest: longestManifest });
  } catch (error) {
    if (!(error instanceof BadInput) || name === '') throw error;
    throw new BadInput(`names ${oneLine(name)}, which ${error.message}`, error.example);
  }
}

/** One object that is written twice would be applied twice, and only the last one would count. */
function checkTwice(all: readonly ManifestObject[]): void {
  const seen = new Map<string, ManifestObject>();
  for (const one of all) {
    const namespace = textIn(objectIn(one.object, 'metadata'), 'namespace');
    const key = [one.apiVersion.replace(/\/.*/, ''), one.kind, namespace, one.name].join(' ');
    const other = seen.get(key);
    if (other) {
      throw new BadInput(
        `has ${one.kind} ${one.name} twice: ${other.place}, and ${one.place}`,
        'each object once',
      );
    }
    seen.set(key, one);
  }
}
