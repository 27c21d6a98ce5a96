import { NotModelled } from "./awsError";
import type { AutoScaling } from "./autoScaling";
import type { Tags } from "./ec2";
import type { ReadServices } from "./ec2Api";
import type { Faults } from "./faults";
import type { Group } from "./group";
import { readPage, type Query } from "./query";
import { Replica } from "./replica";
import type { ApiAction } from "./wire";

export const AUTO_SCALING_VERSION = "2011-01-01";

const MAX_RECORDS = 100;

/** A group as reads show it. */
interface View {
  tags: Tags;
  xml: object;
}

/** The actions of Auto Scaling's API that are modelled, by name. */
export function autoScalingActions(
  autoScaling: AutoScaling,
  { clock, faults }: ReadServices,
): Map<string, ApiAction> {
  const groups = new Replica<View>(clock, faults, (name) => {
    const group = autoScaling.groups.get(name);
    return group && { tags: group.tags, xml: groupXml(group) };
  });
  autoScaling.onTouch((name) => {
    groups.touch(name);
  });
  const lifecycleCall = (
    run: (group: string, hook: string, instanceId: string, query: Query) => () => void,
  ): ApiAction => ({
    mutates: true,
    read(query) {
      const groupName = query.text("AutoScalingGroupName");
      const hookName = query.text("LifecycleHookName");
      const instanceId = query.text("InstanceId");
      const call = run(groupName, hookName, instanceId, query);
      return {
        subject: `${hookName} of ${instanceId}`,
        resources: () => {
          const { arn, tags } = autoScaling.groupByName(groupName);
          return [{ arn, tags }];
        },
        run: () => {
          call();
          return {};
        },
      };
    },
  });
  return new Map<string, ApiAction>([
    ["DescribeAutoScalingGroups", describeGroups(autoScaling, groups, faults)],
    [
      "CompleteLifecycleAction",
      lifecycleCall((group, hook, instanceId, query) => {
        const result = query.text("LifecycleActionResult");
        return () => {
          autoScaling.completeLifecycleAction(group, hook, instanceId, result);
        };
      }),
    ],
    [
      "RecordLifecycleActionHeartbeat",
      lifecycleCall((group, hook, instanceId) => () => {
        autoScaling.recordLifecycleActionHeartbeat(group, hook, instanceId);
      }),
    ],
  ]);
}

function describeGroups(
  autoScaling: AutoScaling,
  groups: Replica<View>,
  faults: Faults,
): ApiAction {
  return {
    mutates: false,
    read(query) {
      const keys = query.filters("Filters", "Values", ["tag-key"]).get("tag-key");
      const maxRecords = query.number("MaxRecords", MAX_RECORDS);
      const token = query.optional("NextToken");
      if (keys === undefined) throw new NotModelled("DescribeAutoScalingGroups without a filter");
      return {
        subject: `tag-key=${keys.join(",")}`,
        resources: () => [],
        run: () => {
          const tagged = groups
            .read(autoScaling.groups.keys())
            .filter(({ tags }) => keys.some((key) => Object.hasOwn(tags, key)));
          const pageSize = Math.min(maxRecords, MAX_RECORDS);
          const { page, nextToken } = readPage(faults, tagged, pageSize, token);
          const AutoScalingGroups = { member: page.map(({ xml }) => xml) };
          return { AutoScalingGroups, NextToken: nextToken };
        },
      };
    },
  };
}

function groupXml({ name, arn, tags, members, ...sizes }: Group): object {
  return {
    AutoScalingGroupName: name,
    AutoScalingGroupARN: arn,
    MinSize: sizes.minSize,
    MaxSize: sizes.maxSize,
    DesiredCapacity: sizes.desiredCapacity,
    Tags: { member: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
    Instances: {
      member: [...members.values()].map(({ instance, lifecycleState }) => ({
        InstanceId: instance.id,
        LifecycleState: lifecycleState,
        AvailabilityZone: instance.subnet.availabilityZone,
      })),
    },
  };
}
