import assert from "node:assert/strict";
import type { Deployment } from "../../../simulator/deploy/engine";
import { AddressHistory } from "../../../simulator/checkers/addressHistory";
import { lifeScenarios } from "../../../simulator/scenarios/life";
import { Region } from "../../../simulator/aws/region";
import type { Stage } from "../../../simulator/scenarios/basic";
import { realisticTimings, type Timings } from "../../../simulator/runtime/timings";
import { actionsOf, documentOf, without, withPolicy } from "./policyDocuments";
import { scenarioOf } from "../scenarios/plays";
import { deploy } from "../stage";

/** Something that only a manager with a certain right brings to a good end. */
interface Story {
  play: (stage: Stage) => Promise<string[]>;
  timings?: Partial<Timings>;
}

const replace: Story = scenarioOf("replace");
const stopStart: Story = scenarioOf("stop-start");

/** Its type tells whether an instance with an interface of its own has room for one more. */
const crowded: Story = {
  async play({ region, addressHistory }) {
    await region.run(60);
    const [sample] = region.ec2.instances.values();
    const pool = addressHistory.accounts.find(
      ({ holdingPeriods }) => holdingPeriods.length === 0,
    )?.pool;
    if (sample === undefined || pool === undefined) return ["the stack has no spare address"];
    const { id } = region.ec2.runInstance("t4g.small", sample.subnet, {});
    await region.run(30);
    const { subnet } = sample;
    const own = { id: "eni-own", subnet, address: "10.0.0.99", macAddress: "02:00:00:00:00:99" };
    region.ec2.createNetworkInterface({ ...own, tags: {} });
    region.ec2.attachNetworkInterface(own.id, id, 1, 0);
    region.ec2.setTags(region.ec2.instanceById(id), { [region.tagKey]: pool });
    const isServed = () => addressHistory.addressOf(id) !== undefined;
    return (await region.run(120, isServed)) ? [] : [`${id} has no address`];
  },
};

/** A launch waits for an address on its way back, for longer than its hook's time-out. */
const lateAddress: Story = {
  timings: { shutDown: [420_000, 420_000], detach: [100_000, 100_000] },
  async play({ region, addressHistory }) {
    await region.run(60);
    for (const { hooks } of region.autoScaling.groups.values()) {
      for (const hook of hooks) hook.heartbeatTimeoutSeconds = 60;
    }
    const licence = addressHistory.accounts.find(({ pool }) => pool === "licence");
    const victim = licence?.holdingPeriods.at(-1)?.instanceId;
    if (licence === undefined || victim === undefined) return ["nobody has the licence"];
    region.ec2.terminateInstance(victim);
    await region.run(
      600,
      () => ![undefined, victim].includes(addressHistory.holderOf(licence.address)),
    );
    const launches = [...region.ec2.instances.values()].filter(
      ({ tags }) => tags[region.tagKey] === "licence",
    );
    return launches.length === 2 ? [] : [`${launches.length} launches for one replacement`];
  },
};

/** An instance that is parked, running, in a warm pool is to have no address. */
const parked: Story = lifeScenarios["warm-pool-running"] ?? replace;

/** What goes wrong without each right; the rights are those of the deployed document, in its order. */
const needs: Record<string, Story> = {
  "Observe ec2:DescribeNetworkInterfaces": replace,
  "Observe ec2:DescribeInstances": replace,
  "Observe ec2:DescribeInstanceTypes": crowded,
  "Observe autoscaling:DescribeAutoScalingGroups": replace,
  "Observe autoscaling:DescribeWarmPool": parked,
  "MoveInterfacesOfPools ec2:AttachNetworkInterface": replace,
  "MoveInterfacesOfPools ec2:DetachNetworkInterface": stopStart,
  "OnInstancesOfPools ec2:AttachNetworkInterface": replace,
  "OnInstancesOfPools ec2:DetachNetworkInterface": stopStart,
  "AnswerLifecycleActionsOfPools autoscaling:CompleteLifecycleAction": replace,
  "AnswerLifecycleActionsOfPools autoscaling:RecordLifecycleActionHeartbeat": lateAddress,
};

interface Ending {
  faults: string[];
  /** The actions that were carried out. */
  done: Set<string>;
  /** The actions that IAM refused, with the code. */
  refused: Set<string>;
  /** What the manager said of refusals, or Lambda of the manager. */
  complaints: string[];
}

async function play(deployment: Deployment, { play, timings }: Story): Promise<Ending> {
  const region = await Region.open(deployment, {
    seed: 1,
    clients: "inProcess",
    timings: { ...realisticTimings, ...timings },
  });
  try {
    const addressHistory = AddressHistory.of(region);
    const faults = await play({ region, addressHistory });
    const calls = region.journal.entries.filter(({ source }) => source === "call");
    const nameOf = ({ facts }: (typeof calls)[number]) => String(facts?.action);
    const codes = ["UnauthorizedOperation", "AccessDenied"];
    const isRefused = ({ facts }: (typeof calls)[number]) => codes.includes(String(facts?.code));
    return {
      faults,
      done: new Set(calls.filter(({ facts }) => facts?.code === undefined).map(nameOf)),
      refused: new Set(calls.filter(isRefused).map(nameOf)),
      complaints: region.journal.entries.flatMap(({ source, text }) =>
        source === "manager" && /: refused: |^invocation failed: /.test(text) ? [text] : [],
      ),
    };
  } finally {
    await region.close();
  }
}

const nameOf = (right: string): string => right.split(":").at(-1) ?? "";

describe("the role's rights, whole", () => {
  it("are the ones whose need is shown here", async () => {
    const document = documentOf(await deploy());
    const calls = actionsOf(document).filter((right) => / (ec2|autoscaling):/.test(right));
    assert.deepEqual(Object.keys(needs), calls);
  });

  it("are enough: every story ends well, nothing is refused, and every action is carried out", async () => {
    const done = new Set<string>();
    for (const story of new Set(Object.values(needs))) {
      const ending = await play(await deploy(), story);
      const { faults, refused, complaints } = ending;
      assert.deepEqual(
        { faults, refused, complaints },
        { faults: [], refused: new Set(), complaints: [] },
      );
      for (const action of ending.done) done.add(action);
    }
    assert.deepEqual(done, new Set(Object.keys(needs).map(nameOf)));
  });
});

describe("the role's rights, one action taken away", () => {
  for (const [right, story] of Object.entries(needs)) {
    it(`fail: ${right}`, async () => {
      const deployment = await deploy();
      const [sid = "", action = ""] = right.split(" ");
      const document = without(documentOf(deployment), sid, action);
      const { faults, refused, complaints } = await play(withPolicy(deployment, document), story);
      assert.notDeepEqual(faults, []);
      assert.deepEqual(refused, new Set([nameOf(right)]));
      assert.notDeepEqual(complaints, [], "the manager said nothing of it");
    });
  }

  for (const action of ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"]) {
    it(`fail: ReceiveEvents sqs:${action}`, async () => {
      const deployment = await deploy();
      const document = without(documentOf(deployment), "ReceiveEvents", `sqs:${action}`);
      const message = new RegExp(
        `^the function's role may not ${action} on arn:aws:sqs:.*\\.fifo$`,
      );
      await assert.rejects(play(withPolicy(deployment, document), replace), {
        message,
      });
    });
  }
});
