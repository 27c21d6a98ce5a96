import assert from "node:assert/strict";
import type { AwsCalls } from "../../handler/clients";
import { observeWorld } from "../../handler/observe";
import type { Settings } from "../../handler/types";
import { settings, TAG_KEY } from "./builders";
import { ec2Of } from "./smallEc2";

describe("observeWorld", () => {
  describe("asks for what carries the pool tag", () => {
    /** The filters of the three reads, each as its name and how many values it has. */
    async function asked(parts: Partial<Settings>): Promise<Record<string, unknown[]>> {
      const found: Record<string, unknown[]> = { interfaces: [], instances: [], groups: [] };
      const note = (read: string, filters: { Name?: string; Values?: string[] }[]) => {
        const shown = filters.map(({ Name, Values = [] }) => [
          Name,
          Values.length > 3 ? Values.length : Values,
        ]);
        found[read]?.push(shown);
        return Promise.resolve([]);
      };
      const aws: AwsCalls = {
        ...ec2Of("").aws,
        describeNetworkInterfaces: (filters) => note("interfaces", filters),
        describeInstances: (filters) => note("instances", filters),
        describeAutoScalingGroups: (groups) => {
          assert.ok("Filters" in groups);
          return note("groups", groups.Filters);
        },
      };
      await observeWorld(aws, settings(parts));
      return found;
    }

    it("by its key where no pools are told", async () => {
      const byKey = [[["tag-key", [TAG_KEY]]]];
      const expected = { interfaces: byKey, instances: byKey, groups: byKey };
      assert.deepEqual(await asked({}), expected);
    });

    it("by the pools' names of interfaces, and by the tag's values of instances and groups", async () => {
      const poolTags = ["data,management", "licence"];
      const pools = ["data", "management", "licence"];
      const byTag = (values: string[]) => [[[`tag:${TAG_KEY}`, values]]];
      assert.deepEqual(await asked({ pools, poolTags }), {
        interfaces: byTag(pools),
        instances: byTag(poolTags),
        groups: byTag(poolTags),
      });
    });

    it("by as many filters of at most 200 values as it takes", async () => {
      const pools = Array.from({ length: 401 }, (_, number) => `pool-${number}`);
      const name = `tag:${TAG_KEY}`;
      const parts = [[[name, 200]], [[name, 200]], [[name, ["pool-400"]]]];
      const expected = { interfaces: parts, instances: parts, groups: parts };
      assert.deepEqual(await asked({ pools, poolTags: pools }), expected);
    });

    it("by a backslash as EC2's filters write it; Auto Scaling's know none", async () => {
      const pools = ["a\\b"];
      const byTag = (value: string) => [[[`tag:${TAG_KEY}`, [value]]]];
      assert.deepEqual(await asked({ pools, poolTags: pools }), {
        interfaces: byTag("a\\\\b"),
        instances: byTag("a\\\\b"),
        groups: byTag("a\\b"),
      });
    });
  });
});
