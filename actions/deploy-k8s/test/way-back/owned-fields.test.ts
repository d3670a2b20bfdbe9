import { describe, expect, it } from '@jest/globals';
import { appliedFields, union, valuesOf } from '../../src/way-back/owned-fields.ts';

// As an API server of 1.34 wrote it, shortened.
const workload = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: 'shop',
    labels: { app: 'shop', team: 'blue' },
    managedFields: [
      { manager: 'kubectl', operation: 'Update', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
      {
        manager: 'slipway',
        operation: 'Apply',
        subresource: 'scale',
        fieldsV1: { 'f:spec': { 'f:replicas': {} } },
      },
      {
        manager: 'slipway',
        operation: 'Apply',
        fieldsV1: {
          'f:metadata': { 'f:labels': { 'f:team': {} } },
          'f:spec': {
            'f:template': {
              'f:spec': {
                'f:containers': {
                  'k:{"name":"web"}': { '.': {}, 'f:name': {}, 'f:image': {} },
                },
              },
            },
          },
        },
      },
    ],
  },
  spec: {
    replicas: 3,
    template: {
      metadata: { finalizers: ['a', 'b'] },
      spec: {
        containers: [
          {
            name: 'web',
            image: 'shop@sha256:1',
            args: ['x'],
            ports: [{ containerPort: 80, protocol: 'TCP', name: 'http' }],
          },
          { name: 'log', image: 'log@sha256:2' },
        ],
      },
    },
  },
};

describe('the fields that a manager has applied', () => {
  it('are those of its own entry, not of another manager or a subresource', () => {
    expect(valuesOf(workload, appliedFields(workload, 'slipway'))).toEqual({
      metadata: { labels: { team: 'blue' } },
      spec: { template: { spec: { containers: [{ name: 'web', image: 'shop@sha256:1' }] } } },
    });
    expect(appliedFields(workload, 'helm')).toEqual({});
    expect(appliedFields(undefined, 'helm')).toEqual({});
  });

  it('leave out what an object has not, so that applying it takes the field away', () => {
    const fields = {
      'f:spec': {
        'f:paused': {},
        'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"new"}': { 'f:image': {} } } } },
      },
    };
    expect(valuesOf(workload, fields)).toEqual({
      spec: { template: { spec: { containers: [] } } },
    });
  });

  it.each([
    [
      'an item with two keys',
      { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
      [{ containerPort: 80, protocol: 'TCP' }],
    ],
    [
      'an item of which all is owned',
      { 'k:{"containerPort":80,"protocol":"TCP"}': {} },
      [{ containerPort: 80, protocol: 'TCP', name: 'http' }],
    ],
    ['an item that is not there', { 'k:{"containerPort":81,"protocol":"TCP"}': {} }, []],
    ['a key that is no JSON', { 'k:{': {} }, []],
  ])('find %s', (_, ports, found) => {
    const path = {
      'f:spec': {
        'f:template': {
          'f:spec': { 'f:containers': { 'k:{"name":"web"}': { 'f:ports': ports } } },
        },
      },
    };
    expect(valuesOf(workload, path)).toEqual({
      spec: { template: { spec: { containers: [{ name: 'web', ports: found }] } } },
    });
  });

  it('find values of a set, and take a list whole that has no keys', () => {
    const set = {
      'f:spec': { 'f:template': { 'f:metadata': { 'f:finalizers': { 'v:"b"': {} } } } },
    };
    expect(valuesOf(workload, set)).toEqual({
      spec: { template: { metadata: { finalizers: ['b'] } } },
    });
    const atomic = {
      'f:spec': {
        'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"web"}': { 'f:args': {} } } } },
      },
    };
    expect(valuesOf(workload, atomic)).toEqual({
      spec: { template: { spec: { containers: [{ name: 'web', args: ['x'] }] } } },
    });
  });

  it('of two sets are those of both', () => {
    expect(union({ 'f:a': { 'f:b': {} } }, { 'f:a': { 'f:c': {} }, 'f:d': {} })).toEqual({
      'f:a': { 'f:b': {}, 'f:c': {} },
      'f:d': {},
    });
  });
});
