import assert from "node:assert/strict";
import type { Deployment } from "../../../simulator/deploy/engine";
import { AddressHistory } from "../../../simulator/checkers/addressHistory";
import { scenarioByName } from "../../../simulator/scenarios";
import { Region } from "../../../simulator/aws/region";
import type { Stage } from "../../../simulator/scenarios/operator";
import { playScenario } from "../../../simulator/scenarios/scenario";
import { realisticTimings, type Timings } from "../../../simulator/runtime/timings";
import { actionsOf, documentOf, without, withPolicy } from "./policyDocuments";
import { deploymentFor } from "../scenarios/plays";
import { deploy } from "../stage";

/** Something that only a manager with a certain right brings to a good end. */
interface Story {
  play: (stage: Stage) => Promise<string[]>;
  timings?: Partial<Timings>;
}

const storyOf = (name: string): Story => ({
  play: (stage) => playScenario(scenarioByName(name), stage),
});
const replace = storyOf("replace");
const stopStart = storyOf("stop-start");

/** Its type tells whether an instance with an interface of its own has room for one more. */
const crowded: Story = {
  async play({ region, addressHistory }) {
    await region.run(60);
    const [sample] = region.ec2.instances.values();
    const pool = addressHistory.records.find(
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
      for (const hook of hooks) hook.heartbeatTimeoutSeconds = 65;
    }
    const licence = addressHistory.records.find(({ pool }) => pool === "licence");
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
const parked = storyOf("warm-pool-running");

const secondVpc = scenarioByName("example-second-vpc");
const onDemand = storyOf("example-second-vpc");
const MADE_FOR = "network-interface-pool-made-for";

/** An instance is killed as soon as an interface is made for it: that one must not stay. */
const abandon: Story = {
  async play({ region }) {
    const made = () => [...region.ec2.interfaces.values()].filter(({ tags }) => MADE_FOR in tags);
    await region.run(120, () => made().length > 0);
    const [first] = made();
    if (first === undefined) return ["nothing was made"];
    region.ec2.terminateInstance(first.tags[MADE_FOR] ?? "");
    await region.run(400);
    return region.ec2.interfaces.has(first.id) ? [`${first.id} stays without its instance`] : [];
  },
};

/** Whatever is made must go with its instance, also where no manager sees that end. */
const endTogether: Story = {
  async play({ region }) {
    await region.run(180);
    const made = [...region.ec2.interfaces.values()].filter(({ tags }) => MADE_FOR in tags);
    if (made.length === 0) return ["nothing was made"];
    return made.flatMap(({ id, attachment }) =>
      attachment?.deleteOnTermination === true ? [] : [`${id} would outlive its instance`],
    );
  },
};

/** What is deployed, and what goes wrong there without each right, in the document's order. */
const settings: Record<
  string,
  { deploy: () => Promise<Deployment>; needs: Record<string, Story> }
> = {
  "the stack": {
    deploy: () => deploy(),
    needs: {
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
    },
  },
  "a stack that makes interfaces on demand": {
    deploy: () => deploymentFor(secondVpc),
    needs: {
      "MakeInterfacesOnDemand ec2:CreateNetworkInterface": onDemand,
      "MakeThemOfThese ec2:CreateNetworkInterface": onDemand,
      "TagThemAsTheyAreMade ec2:CreateTags": onDemand,
      "LetThemEndWithTheirInstance ec2:ModifyNetworkInterfaceAttribute": endTogether,
      "OnTheirInstance ec2:ModifyNetworkInterfaceAttribute": endTogether,
      "DeleteThemUnused ec2:DeleteNetworkInterface": abandon,
    },
  },
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
      complaints: region.journal.entries.flatMap(({ source, text }) => {
        // What was just made is attached at once, though it may be pending yet, or its instance gone.
        const isComplaint = /: refused: (?!IncorrectState: )|^invocation failed: /.test(text);
        return source === "manager" && isComplaint ? [text] : [];
      }),
    };
  } finally {
    await region.close();
  }
}

/** The call that a right is needed for; tags are asked for by the call that makes the interface. */
const callOf = (right: string): string =>
  (right.split(":").at(-1) ?? "").replace("CreateTags", "CreateNetworkInterface");

for (const [where, { deploy: deployIt, needs }] of Object.entries(settings)) {
  describe(`the role's rights in ${where}`, () => {
    it("are the ones whose need is shown here", async () => {
      const shown = Object.values(settings).flatMap((setting) => Object.keys(setting.needs));
      const calls = actionsOf(documentOf(await deployIt()));
      const others = shown.filter((right) => !(right in needs));
      assert.deepEqual(
        calls.filter((right) => / (ec2|autoscaling):/.test(right) && !others.includes(right)),
        Object.keys(needs),
      );
    });

    it("are enough: every story ends well, nothing is refused, and every action is carried out", async () => {
      const done = new Set<string>();
      for (const story of new Set(Object.values(needs))) {
        const ending = await play(await deployIt(), story);
        const { faults, refused, complaints } = ending;
        assert.deepEqual(
          { faults, refused, complaints },
          { faults: [], refused: new Set(), complaints: [] },
        );
        for (const action of ending.done) done.add(action);
      }
      assert.deepEqual(
        Object.keys(needs)
          .map(callOf)
          .filter((call) => !done.has(call)),
        [],
      );
    });

    for (const [right, story] of Object.entries(needs)) {
      it(`fail without ${right}`, async () => {
        const deployment = await deployIt();
        const [sid = "", action = ""] = right.split(" ");
        const document = without(documentOf(deployment), sid, action);
        const { faults, refused, complaints } = await play(withPolicy(deployment, document), story);
        assert.notDeepEqual(faults, []);
        assert.deepEqual(refused, new Set([callOf(right)]));
        assert.notDeepEqual(complaints, [], "the manager said nothing of it");
      });
    }
  });
}

describe("the role's rights", () => {
  it("are enough to make interfaces in subnets that another account shares", async () => {
    const { existing } = secondVpc;
    const subnets = existing?.subnets?.map((one) => ({ ...one, ownerId: "444455556666" }));
    const shared = await deploymentFor({ ...secondVpc, existing: { ...existing, subnets } });
    assert.deepEqual((await play(shared, onDemand)).faults, []);
  });

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
