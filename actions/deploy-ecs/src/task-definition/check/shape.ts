import type { Shape } from '@slipway/shared/document/check-shape';

const pair = (value: string): Shape => ({
  list: { fields: { name: 'text', [value]: 'text' }, needs: ['name', value] },
});
const named: Shape = { list: { fields: { name: 'text' }, needs: ['name'] } };

/**
 * The fields that this action reads or writes, and those that YAML most often gets wrong, such as a
 * number where ECS takes a text. All others are left to ECS, which may have got new ones since.
 */
export const taskDefinitionShape: Shape = {
  fields: {
    family: 'text',
    cpu: 'text',
    memory: 'text',
    taskRoleArn: 'text',
    executionRoleArn: 'text',
    networkMode: 'text',
    requiresCompatibilities: { list: 'text' },
    volumes: named,
    tags: { list: { fields: { key: 'text', value: 'text' }, needs: ['key'] } },
    runtimePlatform: {
      fields: { cpuArchitecture: 'text', operatingSystemFamily: 'text' },
      needs: [],
    },
    containerDefinitions: {
      list: {
        fields: {
          name: 'text',
          image: 'text',
          cpu: 'number',
          memory: 'number',
          memoryReservation: 'number',
          essential: 'boolean',
          command: { list: 'text' },
          entryPoint: { list: 'text' },
          environment: pair('value'),
          secrets: pair('valueFrom'),
          portMappings: {
            list: {
              fields: {
                containerPort: 'number',
                hostPort: 'number',
                protocol: 'text',
                containerPortRange: 'text',
              },
              needs: [],
            },
          },
          mountPoints: { list: { fields: { sourceVolume: 'text' }, needs: [] } },
          dependsOn: {
            list: {
              fields: { containerName: 'text', condition: 'text' },
              needs: ['containerName', 'condition'],
            },
          },
        },
        needs: ['name', 'image'],
      },
    },
  },
  needs: ['family', 'containerDefinitions'],
};
