import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { isRecord } from '../../http/exchange.ts';

/** The services whose models setup brings: scripts/setup.d/aws. */
export type ModelName = 'ecr' | 'ecr-public' | 'ecs' | 'eks' | 'elbv2' | 'logs' | 'sts';

/** A use of a shape: as a member of a structure, list or map, or as input, output or error. */
export interface ShapeRef {
  shape: string;
  /** Name on the wire where it is not the member's own. */
  locationName?: string;
  /** Name of the element that holds the output of a query operation. */
  resultWrapper?: string;
}

/** A shape as the model describes it; which fields there are depends on the type. */
export interface Shape {
  type:
    | 'structure'
    | 'list'
    | 'map'
    | 'string'
    | 'integer'
    | 'long'
    | 'double'
    | 'float'
    | 'boolean'
    | 'timestamp'
    | 'blob';
  members?: Readonly<Record<string, ShapeRef>>;
  required?: readonly string[];
  /** Exactly one member is set. */
  union?: boolean;
  /** Any JSON at all. */
  document?: boolean;
  member?: ShapeRef;
  key?: ShapeRef;
  value?: ShapeRef;
  /** A list or map without an element around it, in the query protocol. */
  flattened?: boolean;
  enum?: readonly string[];
  pattern?: string;
  /** Of the length of texts, lists and maps, and of numbers themselves. */
  min?: number;
  max?: number;
  sensitive?: boolean;
  error?: { code: string; httpStatusCode: number };
}

/** An operation as the model describes it. */
export interface OperationModel {
  name: string;
  input?: ShapeRef;
  output?: ShapeRef;
  errors?: readonly ShapeRef[];
  /** `none` where a request is not signed. */
  authtype?: string;
}

/**
 * The description that AWS publishes of one of its services, and makes its own clients from.
 * Source: https://github.com/boto/botocore, `botocore/data/<service>/<version>/service-2.json`
 */
export interface ServiceModel {
  metadata: {
    apiVersion: string;
    endpointPrefix: string;
    protocol: string;
    serviceFullName: string;
    signingName?: string;
    targetPrefix?: string;
    xmlNamespace?: string;
  };
  operations: Readonly<Record<string, OperationModel>>;
  shapes: Readonly<Record<string, Shape>>;
}

const loaded = new Map<ModelName, ServiceModel>();

/** The model of a service; read with the first use. */
export function serviceModel(name: ModelName): ServiceModel {
  const known = loaded.get(name);
  if (known) return known;
  const cache = process.env['SLIPWAY_CACHE'] ?? join(homedir(), '.cache/slipway');
  const model: unknown = JSON.parse(unpacked(join(cache, 'aws-models', `${name}.json.gz`)));
  if (!isModel(model)) throw new Error(`The model of ${name} is none.`);
  loaded.set(name, model);
  return model;
}

/** The name that requests to a service are signed for, which is the prefix of its IAM actions too. */
export function signingName({ metadata }: ServiceModel): string {
  return metadata.signingName ?? metadata.endpointPrefix;
}

export function shapeOf({ shapes }: ServiceModel, { shape: name }: ShapeRef): Shape {
  const shape = shapes[name];
  if (!shape) throw new Error(`The model has no shape ${name}.`);
  return shape;
}

function unpacked(file: string): string {
  try {
    return gunzipSync(readFileSync(file)).toString('utf8');
  } catch (cause) {
    throw new Error(`${file} cannot be read. To have it: scripts/setup node`, { cause });
  }
}

// The file is pinned by its hash, so that only another file could have another form.
function isModel(value: unknown): value is ServiceModel {
  return (
    isRecord(value) &&
    isRecord(value['metadata']) &&
    isRecord(value['operations']) &&
    isRecord(value['shapes'])
  );
}
