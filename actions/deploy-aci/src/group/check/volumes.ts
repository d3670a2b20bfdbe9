import {
  isJsonObject,
  type JsonObject,
  objectIn,
  objectsIn,
  textIn,
} from '@slipway/shared/document/json-object';
import { containersOf, propertiesOf } from '../document/parts.ts';
import { atContainer, type Report } from './wrong.ts';

const mostVolumes = 20;
const kinds = ['azureFile', 'emptyDir', 'secret', 'secretReference', 'gitRepo'] as const;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Finds what is wrong with volumes and where they are mounted. */
export function checkVolumes(group: JsonObject, report: Report): void {
  const volumes = objectsIn(propertiesOf(group), 'volumes');
  if (volumes.length > mostVolumes) {
    const wrong = `has ${volumes.length} volumes, and a group has at most ${mostVolumes}`;
    report('properties.volumes', wrong, `${mostVolumes} volumes`);
  }
  const names = new Set<string>();
  for (const volume of volumes) {
    const name = textIn(volume, 'name') ?? '';
    const at = `properties.volumes[${name}]`;
    if (names.has(name)) report(at, 'is there twice', 'each name once');
    names.add(name);
    checkVolume(volume, at, report);
  }
  for (const list of ['containers', 'initContainers'] as const) {
    for (const { name, properties } of containersOf(group, list)) {
      checkMounts(properties, { at: atContainer(name, list), names }, report);
    }
  }
}

function checkVolume(volume: JsonObject, at: string, report: Report): void {
  const has = kinds.filter((kind) => volume[kind] !== undefined && volume[kind] !== null);
  if (has.length !== 1) {
    const which = has.length === 0 ? 'none' : has.join(' and ');
    report(at, `has ${which} of ${kinds.join(', ')}`, 'exactly one of them');
  }
  const directory = textIn(objectIn(volume, 'gitRepo'), 'directory');
  if (directory?.includes('..')) {
    report(`${at}.gitRepo.directory`, 'has .. in it', 'app');
  }
  const { secret } = volume;
  if (!isJsonObject(secret)) return;
  for (const [file, content] of Object.entries(secret)) {
    if (typeof content === 'string' && base64.test(content)) continue;
    report(`${at}.secret[${file}]`, 'is not in base64', 'aGVsbG8=');
  }
}

function checkMounts(
  properties: JsonObject,
  { at, names }: { at: string; names: ReadonlySet<string> },
  report: Report,
): void {
  const paths = new Set<string>();
  for (const mount of objectsIn(properties, 'volumeMounts')) {
    const [name, path] = [textIn(mount, 'name') ?? '', textIn(mount, 'mountPath') ?? ''];
    const of = `${at}.volumeMounts[${name}]`;
    if (!names.has(name)) report(`${of}.name`, 'is no volume of the group', 'a name of volumes');
    if (path.includes(':')) report(`${of}.mountPath`, 'has a colon in it', '/mnt/uploads');
    if (path === '') report(`${of}.mountPath`, 'is empty', '/mnt/uploads');
    if (paths.has(path))
      report(`${of}.mountPath`, `is ${path}, as of another mount`, 'each path once');
    paths.add(path);
  }
}
