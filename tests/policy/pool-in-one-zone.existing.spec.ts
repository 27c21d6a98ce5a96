import { poolInOneZone } from "../../policy/pool-in-one-zone";
import { namesSeveralPools, whichPoolHas } from "./messages";
import { advises, asks, casesOf, configured, inPreview, table } from "./policyCases";
import { idOf, later } from "./policyEngine";
import { ec2Tag, givenInterface, ofPool, POOL_COMPONENT, resource, webOf } from "./stackBuilders";

type Props = Record<string, unknown>;

const { holdEach } = casesOf(poolInOneZone, "1");

describe("pool-in-one-zone and interfaces that exist already", () => {
  const one = givenInterface("1");
  const two = givenInterface("2");
  const web = webOf("given");
  const inComponent = (zone: string) => [
    resource(POOL_COMPONENT, "pool", {}, { outputs: { availabilityZone: zone } }),
    { ...one, parent: "pool" },
  ];
  const inA = configured({ pools: { given: { zone: "eu-west-1a" } } });
  const unseen = (names: string) =>
    advises(
      `Pool "given" has interfaces that exist already (${names}), so whether all are in one zone isn't seen ` +
        "here. If they are, write it in the configuration of the policies, pools: " +
        '{"given": {"zone": "eu-west-1a"}}.',
    );
  const whichInterface = (name: string) =>
    `which interface Tag "${name}" puts into a pool, since its id isn't known yet`;
  const unknownId = (props: Props) => ec2Tag("tag", { resourceId: later("eni-1"), ...props });
  const strayGiven =
    'Network interface eni-1 of pool "given" is in eu-west-1b, but others of the pool are in eu-west-1a ' +
    "(pools.given.zone). Give it the tag of a pool of its own.";
  holdEach(table`
    has nothing to ask of one alone: ${one} ${web}
    asks once of several whether they are in one zone:
      ${one} ${two} ${givenInterface("3", { key: "Name" })} ${web}
      ${unseen("Network interface eni-1, Network interface eni-2")}
    asks of one beside those that the program creates:
      ${one} ${ofPool("given", "given-1")} ${unseen("Network interface eni-1")}
    believes the configuration: ${one} ${two} ${web} ${inA}
    believes the component, which looks before it tags them:
      ${inComponent("eu-west-1a")} ${{ ...two, parent: "pool" }} ${web}
    stops one that the configuration says is in another zone than the component:
      ${inComponent("eu-west-1b")} ${inA} ${strayGiven}
    stops one that is given the names of several pools:
      ${givenInterface("1", { value: "data,management" })}
      ${namesSeveralPools("Network interface eni-1")}
    leaves to up which pool one is in:
      ${givenInterface("1", { value: later("given") })}
      ${asks(whichPoolHas("Network interface eni-1"))}
    leaves to up which one is in which pool:
      ${givenInterface("1", { resourceId: later("eni-1"), value: later("given") })}
      ${asks(whichPoolHas('Network interface of Tag "1"'))} ${asks(whichInterface("1"))}
    leaves to up which one is in a pool: ${unknownId({})} ${asks(whichInterface("tag"), "tag")}
    asks nothing of another tag: ${unknownId({ key: "Name" })} ${inPreview}
    asks of no machine of the program which interface it is:
      ${resource("aws:ec2/instance:Instance", "machine")}
      ${givenInterface("1", { resourceId: idOf("machine") })} ${inPreview}
    asks nothing of a tag that may be another while its id isn't known either:
      ${givenInterface("1", { resourceId: later("eni-1"), key: later("Name") })} ${inPreview}
  `);
});
