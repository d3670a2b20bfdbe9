import { field, textField } from '@slipway/shared/http/json';
import { type Finding, severityOf } from './finding.ts';

/** Reads an object of a list; its class and type come with its result. */
type ReadFinding = (value: unknown) => Finding | 'malformed' | undefined;

/**
 * How the objects in each list of a result are read; other lists are left out.
 * Source: pkg/types/{misconfiguration,license}.go, pkg/fanal/types, pkg/types/vulnerability of Trivy.
 */
export const findingOf: Readonly<Record<string, ReadFinding>> = {
  Vulnerabilities(value) {
    const [id, name] = [textField(value, 'VulnerabilityID'), textField(value, 'PkgName')];
    if (id === undefined || name === undefined) return 'malformed';
    const published = Date.parse(textField(value, 'PublishedDate') ?? '');
    return {
      kind: 'vulnerability',
      id,
      severity: severityOf(textField(value, 'Severity')),
      title: textField(value, 'Title') ?? '',
      link: textField(value, 'PrimaryURL'),
      package: name,
      installed: textField(value, 'InstalledVersion') ?? '',
      fixed: textField(value, 'FixedVersion') ?? '',
      status: textField(value, 'Status') ?? '',
      purl: textField(field(value, 'PkgIdentifier'), 'PURL'),
      path: textField(value, 'PkgPath') ?? '',
      class: '',
      type: '',
      layer: layerOf(value),
      line: 0,
      published: Number.isNaN(published) ? undefined : published,
      score: scoreOf(value),
    };
  },

  // The match itself is never read: it is what must not be shown.
  Secrets(value) {
    const id = textField(value, 'RuleID');
    if (id === undefined) return 'malformed';
    return {
      ...inFile(value),
      kind: 'secret',
      id,
      title: textField(value, 'Title') ?? '',
      line: numberOf(field(value, 'StartLine')),
    };
  },

  Misconfigurations(value) {
    const id = textField(value, 'ID') ?? textField(value, 'AVDID');
    if (id === undefined) return 'malformed';
    if (textField(value, 'Status') !== 'FAIL') return undefined;
    return {
      ...inFile(value),
      kind: 'misconfiguration',
      id,
      title: textField(value, 'Title') ?? '',
      link: textField(value, 'PrimaryURL'),
      line: numberOf(field(field(value, 'CauseMetadata'), 'StartLine')),
    };
  },

  Licenses(value) {
    const id = textField(value, 'Name');
    if (id === undefined) return 'malformed';
    return {
      ...inFile(value),
      kind: 'license',
      id,
      title: textField(value, 'Category') ?? '',
      link: textField(value, 'Link'),
      package: textField(value, 'PkgName') ?? '',
      path: textField(value, 'FilePath') ?? '',
    };
  },
};

function inFile(value: unknown): Omit<Finding, 'kind' | 'id' | 'title'> {
  return {
    severity: severityOf(textField(value, 'Severity')),
    link: undefined,
    package: '',
    installed: '',
    fixed: '',
    status: '',
    purl: undefined,
    path: '',
    class: '',
    type: '',
    layer: layerOf(value),
    line: 0,
    published: undefined,
    score: undefined,
  };
}

// Thousands of findings share a few layers, and would each have their own copy of the text.
const layers = new Map<string, string>();

function layerOf(value: unknown): string | undefined {
  const layer = textField(field(value, 'Layer'), 'DiffID');
  if (layer === undefined) return undefined;
  const known = layers.get(layer);
  if (known === undefined) layers.set(layer, layer);
  return known ?? layer;
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && value > 0 ? value : 0;
}

function scoreOf(value: unknown): number | undefined {
  const cvss = field(value, 'CVSS');
  const own = field(cvss, textField(value, 'SeveritySource') ?? '');
  const score = field(own, 'V3Score') ?? field(field(cvss, 'nvd'), 'V3Score');
  return typeof score === 'number' ? score : undefined;
}
