import assert from "node:assert/strict";
import { type Fault, Faults } from "../../../../simulator/faults";
import { Queue } from "../../../../simulator/aws/sqs";
import { addGroup, type CallStage, interfaceOf, withCalls } from "../calls";
import { striking } from "../../striking";
import { subnet } from "../services";

const RULE = "arn:aws:events:eu-west-1:123456789012:rule/tags";
const QUEUE = "arn:aws:sqs:eu-west-1:123456789012:tags.fifo";
const PATTERN = {
  source: ["aws.tag"],
  "detail-type": ["Tag Change on Resource"],
  detail: { service: ["ec2"], "changed-tag-keys": ["pool"] },
};
const admission = {
  Effect: "Allow",
  Principal: { Service: "events.amazonaws.com" },
  Action: "sqs:SendMessage",
  Resource: QUEUE,
  Condition: { ArnEquals: { "aws:SourceArn": [RULE] } },
};

interface Told {
  resources: string[];
  detail: Record<string, unknown>;
}

type TagStage = CallStage & { told: () => Promise<Told[]> };

/** A Region with a rule of its own for changes of the tag `pool`, and what it has told until now. */
const withTagRule = (
  test: (stage: TagStage) => Promise<void>,
  options: { tellsOfTagsAtLaunch?: boolean; faults?: Fault[] } = {},
) =>
  withCalls(
    async (stage) => {
      const { region } = stage;
      const policy = JSON.stringify({ Statement: [admission] });
      const queue = new Queue(
        { arn: QUEUE, url: "", policy, visibilityTimeoutSeconds: 30 },
        region.clock,
      );
      region.eventBridge.addRule({
        name: "tags",
        arn: RULE,
        eventPattern: JSON.stringify(PATTERN),
      });
      region.eventBridge.addTarget({ ruleName: "tags", queue, messageGroupId: "group" });
      const told = async () => {
        await region.run(60);
        return queue.messages.map(({ body }) => JSON.parse(body) as Told);
      };
      await test({ ...stage, told });
    },
    {
      clients: "inProcess",
      faults: (clock) => {
        const { tellsOfTagsAtLaunch = false, faults = [] } = options;
        const drawn = faults.length > 0 ? striking(...faults)(clock) : Faults.none(clock);
        drawn.undocumented = { ...drawn.undocumented, tellsOfTagsAtLaunch };
        return drawn;
      },
    },
  );

const changesOf = (told: Told[]) =>
  told.map(({ detail }) => [detail["resource-type"], detail.tags]);

describe("EC2's tags", () => {
  it("are told of when they change after a launch: which, on what, and all that it has then", () =>
    withTagRule(async ({ region, run, told, ...stage }) => {
      const instance = await run({ pool: "one", Name: "x" });
      const networkInterface = interfaceOf({ region, run, ...stage });
      region.ec2.setTags(instance, { pool: "two", owner: "me" });
      region.ec2.setTags(networkInterface, { ...networkInterface.tags, pool: "two" });
      await told();
      region.ec2.setTags(instance, { owner: "me" });
      const [first, second, third, ...others] = await told();
      assert.deepEqual(others, []);
      const arn = `arn:aws:ec2:eu-west-1:123456789012:instance/${instance.id}`;
      assert.deepEqual(first?.resources, [arn]);
      const of = (type: string) => ({ service: "ec2", "resource-type": type });
      assert.deepEqual(first.detail, {
        "changed-tag-keys": ["pool", "Name", "owner"],
        ...of("instance"),
        version: 1,
        tags: { pool: "two", owner: "me" },
      });
      assert.deepEqual(second?.resources, [
        `arn:aws:ec2:eu-west-1:123456789012:network-interface/${networkInterface.id}`,
      ]);
      assert.deepEqual(second.detail, {
        "changed-tag-keys": ["pool"],
        ...of("network-interface"),
        version: 1,
        tags: networkInterface.tags,
      });
      assert.deepEqual(third?.detail, {
        "changed-tag-keys": ["pool"],
        ...of("instance"),
        version: 2,
        tags: { owner: "me" },
      });
    }));

  it("are not told of where they stay as they are, have other keys, or are another account's", () =>
    withTagRule(async ({ region, run, told }) => {
      const changes: string[][] = [];
      region.ec2.onTagChange((_, keys) => changes.push(keys));
      const instance = await run({ pool: "one" });
      region.ec2.setTags(instance, { pool: "one" });
      region.ec2.setTags(instance, { pool: "one", owner: "me" });
      const other = region.ec2.runInstance("t4g.micro", subnet, {}, { ownerId: "222222222222" });
      region.ec2.setTags(other, { pool: "one" });
      assert.deepEqual(await told(), []);
      assert.deepEqual(changes, [["owner"]]);
    }));

  it("are told of when a group gives them to an instance that it takes in", () =>
    withTagRule(async ({ region, run, told }) => {
      const instance = await run({});
      const name = addGroup({ region }, "web", { propagatedTags: { pool: "one" } });
      region.autoScaling.attachInstance(name, instance.id);
      const tags = { pool: "one", "aws:autoscaling:groupName": "web" };
      assert.deepEqual(changesOf(await told()), [["instance", tags]]);
    }));

  for (const tellsOfTagsAtLaunch of [false, true]) {
    for (const faults of [[], ["tagsLate"]] as Fault[][]) {
      const late = faults.length > 0 ? ", though they show late" : "";
      it(`are ${tellsOfTagsAtLaunch ? "told" : "not told"} of at a launch or creation where that is the answer${late}`, () =>
        withTagRule(
          async ({ region, told }) => {
            const tags = { pool: "one" };
            const { ec2 } = region;
            ec2.runInstance("t4g.micro", subnet, tags, { primaryTags: tags });
            const made = { subnet, securityGroupIds: [], tags, clientToken: "token" };
            ec2.makeNetworkInterface(made);
            const expected = [
              ["instance", tags],
              ["network-interface", tags],
              ["network-interface", tags],
            ];
            const changes = changesOf(await told()).sort();
            assert.deepEqual(changes, tellsOfTagsAtLaunch ? expected : []);
          },
          { tellsOfTagsAtLaunch, faults },
        ));
    }
  }
});
