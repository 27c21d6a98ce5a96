import assert from "node:assert/strict";
import type { AwsCalls } from "../../handler/clients";
import { observeWorld } from "../../handler/observe";
import type { Settings } from "../../handler/types";
import { POOL, settings, TAG_KEY } from "./builders";
import { ec2Of, serviceError } from "./smallEc2";

describe("observeWorld, of warm pools", () => {
  const Tags = [{ Key: TAG_KEY, Value: POOL }];
  const world = (aws: Partial<AwsCalls>, parts: Partial<Settings> = {}) =>
    observeWorld({ ...ec2Of("").aws, ...aws }, settings(parts));

  describe("warm pools", () => {
    type Groups = Awaited<ReturnType<AwsCalls["describeAutoScalingGroups"]>>;
    type Members = Awaited<ReturnType<AwsCalls["describeWarmPool"]>>;
    const warm = { WarmPoolConfiguration: {} };
    const member = (InstanceId: string, LifecycleState: string) => ({ InstanceId, LifecycleState });

    /** What is made of these groups and these members of every warm pool, and whose were asked for. */
    async function observe(groups: object[], warmMembers: object[] = []) {
      const asked: string[] = [];
      const describeWarmPool: AwsCalls["describeWarmPool"] = (groupName) => {
        asked.push(groupName);
        return Promise.resolve(warmMembers as Members);
      };
      const describeAutoScalingGroups = () => Promise.resolve(groups as Groups);
      const aws = { describeAutoScalingGroups, describeWarmPool };
      const { memberships } = await world(aws, { pools: [POOL] });
      return { asked, memberships };
    }

    it("are asked for where a managed group has one, and nowhere else", async () => {
      const { asked } = await observe([
        { AutoScalingGroupName: "warm", Tags, ...warm },
        { AutoScalingGroupName: "cold", Tags },
        { AutoScalingGroupName: "untagged", Tags: [], ...warm },
        { AutoScalingGroupName: "others", Tags: [{ ...Tags[0], Value: "not ours" }], ...warm },
      ]);
      assert.deepEqual(asked, ["warm"]);
    });

    it("have members that the group's description doesn't show; of those it shows it has the say", async () => {
      const { memberships } = await observe(
        [
          {
            AutoScalingGroupName: "workers",
            Tags,
            Instances: [member("i-a", "InService"), member("i-b", "InService")],
            ...warm,
          },
        ],
        [
          member("i-b", "Warmed:Stopped"),
          member("i-c", "Warmed:Running"),
          { InstanceId: "i-d" },
          { LifecycleState: "Warmed:Running" },
        ],
      );
      const of = (lifecycleState: string) => ({
        groupName: "workers",
        poolTag: POOL,
        lifecycleState,
      });
      assert.deepEqual(memberships, {
        "i-a": of("InService"),
        "i-b": of("InService"),
        "i-c": of("Warmed:Running"),
      });
    });
  });

  describe("a warm pool that can't be read", () => {
    const group = (AutoScalingGroupName: string) => ({
      AutoScalingGroupName,
      Tags,
      Instances: [{ InstanceId: `i-of-${AutoScalingGroupName}`, LifecycleState: "InService" }],
      WarmPoolConfiguration: {},
    });

    /** Who is a member when asking for one of two warm pools fails so. */
    async function members(code: string, message: string): Promise<string[]> {
      const groups = [group("gone"), group("workers")];
      const { memberships } = await world({
        describeAutoScalingGroups: () =>
          Promise.resolve(groups as Awaited<ReturnType<AwsCalls["describeAutoScalingGroups"]>>),
        describeWarmPool: (groupName) =>
          groupName === "gone"
            ? Promise.reject(serviceError(code, message))
            : Promise.resolve([
                { InstanceId: "i-parked", LifecycleState: "Warmed:Stopped" },
              ] as Awaited<ReturnType<AwsCalls["describeWarmPool"]>>),
      });
      return Object.keys(memberships).sort();
    }

    it("is empty where its group has gone meanwhile", async () => {
      const message = "AutoScalingGroup name not found - No such Auto Scaling group: gone";
      assert.deepEqual(await members("ValidationError", message), [
        "i-of-gone",
        "i-of-workers",
        "i-parked",
      ]);
    });

    for (const [code, message] of [
      ["ValidationError", "1 validation error detected: Value at 'maxRecords' is too large"],
      ["AccessDenied", "no"],
      ["Throttling", "Rate exceeded"],
    ] as const) {
      it(`is an error where the answer is ${code}: ${message}`, async () => {
        await assert.rejects(members(code, message), { name: code, message });
      });
    }
  });
});
