/** What users of neighbouring tools have reported, played with this manager. */
import assert from "node:assert/strict";
import { Operator } from "../../../simulator/scenarios/operator";
import { callsFrom, countCalls, withStage } from "../stage";

const licence = (settings: object = {}) => [{ name: "licence", size: 1, ...settings }];
const inGroup = licence({ group: {} });

describe("a pool's member whose primary interface carries the instance's tags", () => {
  // cloud-custodian 4754 copies them, and so does a launch template that tags interfaces (terraform-aws-alternat 191).
  it("keeps its address, and nothing is said of the primary interface", () =>
    withStage({ pools: inGroup }, async (stage) => {
      const operator = new Operator(stage);
      await operator.untilServed();
      const { region } = stage;
      const { instance, address } = operator.oldest("licence");
      const primary = region.ec2
        .interfacesOf(instance.id)
        .find(({ attachment }) => attachment?.deviceIndex === 0);
      assert.ok(primary);
      const start = region.journal.entries.length;
      region.ec2.setTags(primary, { ...instance.tags });
      await operator.run(300);
      operator.expectHolder(address, instance);
      const moves = callsFrom(region, start).filter((action) => !action.startsWith("Describe"));
      assert.deepEqual(moves, []);
      assert.deepEqual(operator.faults, []);
      const lines = region.journal.entries
        .slice(start)
        .filter(({ source }) => source === "manager");
      assert.ok(lines.every(({ text }) => !text.includes(primary.address)));
    }));
});

describe("an address that an instance of another account holds", () => {
  // terraform-provider-aws 40802: a permission lets others attach it (aws_network_interface_permission).
  it("is asked back by nobody in half an hour, while a launch waits for it", () =>
    withStage({ pools: licence({ group: { desiredCapacity: 0, maxSize: 1 } }) }, async (stage) => {
      const operator = new Operator(stage);
      const { region } = stage;
      const [one] = [...region.ec2.interfaces.values()].filter(({ tags }) => region.tagKey in tags);
      assert.ok(one);
      region.ec2.lendInterface(one.id, "222222222222");
      await operator.run(65);
      const start = region.journal.entries.length;
      operator.setSize(operator.group("licence"), 1);
      await operator.run(1_800);
      const calls = countCalls(callsFrom(region, start));
      assert.equal(calls.DetachNetworkInterface, undefined);
      assert.equal(calls.RecordLifecycleActionHeartbeat, undefined);
    }));
});

describe("an attachment that never ends", () => {
  // amazon-ecs-agent 1520.
  it("is given up after four minutes for the pool's other address, and costs few reads", () =>
    withStage(
      { pools: [{ name: "licence", size: 2 }], timings: { attach: [3_600_000, 3_600_000] } },
      async ({ region }) => {
        const [one] = [...region.ec2.interfaces.values()];
        assert.ok(one);
        const tags = { [region.tagKey]: "licence" };
        region.ec2.runInstance("t4g.small", one.subnet, tags);
        await region.run(330);
        const attached = region.journal.entries
          .filter(({ text }) => text.startsWith("AttachNetworkInterface "))
          .map(({ text }) => text.split(" ")[1]);
        assert.equal(new Set(attached).size, 2);
        assert.equal(attached.length, 2);
        const { DescribeNetworkInterfaces = 0 } = countCalls(callsFrom(region, 0));
        assert.ok(DescribeNetworkInterfaces < 80, `${DescribeNetworkInterfaces} reads`);
      },
    ));
});

describe("a group with a second hook, by which somebody drains the instance", () => {
  // aws-node-termination-handler 292 and 940.
  const drained = async (settings: object) =>
    withStage({ pools: licence({ group: {}, ...settings }) }, async (stage) => {
      const operator = new Operator(stage);
      await operator.untilServed();
      const { region } = stage;
      const { instance, group, address } = operator.oldest("licence");
      region.autoScaling.putLifecycleHook(group.name, {
        name: "drain",
        transition: "autoscaling:EC2_INSTANCE_TERMINATING",
        heartbeatTimeoutSeconds: 300,
        defaultResult: "CONTINUE",
      });
      operator.setSize(group, 0);
      await operator.untilIn(instance, "Terminating:Wait");
      const holds = () => operator.interfacesOf(instance.id).some((one) => one.address === address);
      await operator.run(60);
      const whileDrained = holds();
      const { id: instanceId } = instance;
      region.autoScaling.completeLifecycleAction(group.name, "drain", { instanceId }, "CONTINUE");
      await operator.untilState(instance, "terminated");
      await operator.run(60);
      return { whileDrained, afterwards: holds() };
    });

  it("loses its address first", async () => {
    assert.deepEqual(await drained({}), { whileDrained: false, afterwards: false });
  });

  it("keeps it until the other hook is done, where the pool says so", async () => {
    const found = await drained({ detachAfterOtherHooks: true });
    assert.deepEqual(found, { whileDrained: true, afterwards: false });
  });
});

describe("a pool that sets ENA Express and the number of queues", () => {
  it("has both on the attachment of every holder, whoever comes after whom", () =>
    withStage(
      {
        pools: licence({
          enaSrd: "tcpAndUdp",
          enaQueueCount: 4,
          group: { instanceType: "c6in.32xlarge" },
        }),
      },
      async (stage) => {
        const operator = new Operator(stage);
        await operator.untilServed();
        const settingsOf = () => {
          const { instance, address } = operator.oldest("licence");
          const held = operator.interfacesOf(instance.id).find((one) => one.address === address);
          const { enaSrdSpecification, enaQueueCount } = held?.attachment ?? {};
          return { enaSrdSpecification, enaQueueCount };
        };
        const wanted = {
          enaSrdSpecification: {
            enaSrdEnabled: true,
            enaSrdUdpSpecification: { enaSrdUdpEnabled: true },
          },
          enaQueueCount: 4,
        };
        assert.deepEqual(settingsOf(), wanted);
        await operator.killOne();
        assert.deepEqual(settingsOf(), wanted);
      },
    ));
});

describe("an address that nobody can have, and spare instances", () => {
  it("costs no launch its life: it goes on without one, and stays", () =>
    withStage(
      { pools: licence({ whenExhausted: "continue", group: { desiredCapacity: 0, maxSize: 2 } }) },
      async (stage) => {
        const operator = new Operator(stage);
        const { region } = stage;
        const [one] = [...region.ec2.interfaces.values()].filter(
          ({ tags }) => region.tagKey in tags,
        );
        assert.ok(one);
        region.ec2.lendInterface(one.id, "222222222222");
        const group = operator.group("licence");
        operator.setSize(group, 2);
        await operator.run(120);
        const members = [...group.members.keys()];
        assert.equal(members.length, 2);
        await operator.run(900);
        assert.deepEqual([...group.members.keys()], members);
      },
    ));
});
