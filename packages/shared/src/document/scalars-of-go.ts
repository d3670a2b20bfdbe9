import type { ScalarTag, Tags } from 'yaml';
import { numberAsIs } from './json-number.ts';

/**
 * What plain words and numbers of YAML mean to kubectl, helm and all else that reads YAML by
 * sigs.k8s.io/yaml: the booleans and octals of YAML 1.1, and neither its dates nor its numbers with a
 * base of 60. Each row of its test was read by kubectl itself.
 * Source: https://github.com/kubernetes-sigs/yaml/blob/master/goyaml.v2/resolve.go
 */
export function scalarsOfGo(usual: Tags): Tags {
  const structure = usual.filter((tag) => {
    return typeof tag === 'object' && (tag.collection !== undefined || tag.tag.endsWith(':str'));
  });
  return [...structure, nothing, truth, number];
}

const nothing: ScalarTag = {
  tag: 'tag:yaml.org,2002:null',
  default: true,
  test: /^(?:~|[Nn]ull|NULL)?$/,
  resolve: () => null,
};

const truth: ScalarTag = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  test: /^(?:[Yy]|[Yy]es|YES|[Tt]rue|TRUE|[Oo]n|ON|[Nn]|[Nn]o|NO|[Ff]alse|FALSE|[Oo]ff|OFF)$/,
  resolve: (text) => /^(?:y|t|on)/i.test(text),
};

/** Kept as it is spelled where JSON has that spelling. */
const number: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  test: /^[-+]?(?:0[xX][\da-fA-F_]+|0[oO]?[0-7_]+|0[bB][01_]+|(?:\.\d[\d_]*|\d[\d_]*(?:\.[\d_]*)?)(?:[eE][-+]?\d[\d_]*)?|\.(?:inf|Inf|INF))$|^\.(?:nan|NaN|NAN)$/,
  resolve(text) {
    const digits = text.replaceAll('_', '');
    if (jsonNumber.test(digits)) return numberAsIs(Number(digits), digits);
    return numberIn(digits);
  },
};

const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

function numberIn(text: string): number {
  const [, sign = '', digits = ''] = /^([-+]?)(.*)$/.exec(text) ?? [];
  const value = /^0[oO]?[0-7]+$/.test(digits)
    ? Number.parseInt(digits.replace(/^0[oO]?/, ''), 8)
    : /^\.inf$/i.test(digits)
      ? Number.POSITIVE_INFINITY
      : /^\.nan$/i.test(digits)
        ? Number.NaN
        : Number(digits);
  return sign === '-' && value !== 0 ? -value : value;
}
