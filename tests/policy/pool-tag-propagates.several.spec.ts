import { poolTagPropagates } from "../../policy/pool-tag-propagates";
import { namesDiffer, noPool, whichPoolNamed } from "./messages";
import { asks, type CasePart, casesOf, configured, inPreview, table } from "./policyCases";
import { idOf, later } from "./policyEngine";
import {
  launchTemplate,
  managerFunction,
  managerOf,
  ofPool,
  onDemand,
  onDemandOfSubnets,
  TAG_KEY,
  webOf,
} from "./stackBuilders";

const pools = [ofPool("data"), ofPool("data", "data-1"), ofPool("management")];

const named = (suggested: string) => `Did you mean "${suggested}"?`;

const { holdEach } = casesOf(poolTagPropagates);

describe("pool-tag-propagates and several pools", () => {
  describe("in one tag", () => {
    const launching = (value: string, inTemplate: string): CasePart[] => [
      ...pools,
      webOf(value, { launchTemplate: { id: idOf("lt") } }),
      launchTemplate("lt", { [TAG_KEY]: inTemplate }),
    ];
    const differs = (given: string) =>
      namesDiffer('pools "data" and "management"', `${given} in launch template "lt"`);
    holdEach(table`
      passes a group whose tag names pools of the program and of the configuration:
        ${pools} ${webOf("data, management, bastion")} ${configured({ pools: { bastion: {} } })}
      stops the one that is misspelt, and suggests its right name:
        ${pools} ${webOf("data,managment")} ${noPool("managment", named("management"))}
      stops each that is misspelt:
        ${pools} ${webOf("date,managment")} ${noPool("date", named("data"))}
        ${noPool("managment", named("management"))}
      passes a group and a template that name the same, whatever the blanks:
        ${launching("data,management", "data, management")}
      stops a template that names one pool less:
        ${launching("data,management", "data")} ${differs('pool "data"')}
      stops a template that names them in another order, by which device indexes go:
        ${launching("data,management", "management,data")}
        ${differs('pools "management" and "data"')}
      leaves to up which pools a tag names:
        ${pools} ${webOf(later("data,management"))} ${asks(whichPoolNamed())}
    `);
  });

  describe("that a manager is told of by whole values", () => {
    const told = (POOL_TAGS: unknown, name = "function") => ({
      ...managerFunction({ POOL_TAGS }),
      name,
    });
    const notToldOf = (value: string, others: string) =>
      `Auto Scaling group "web" has "${value}" in its tags, but the manager looks after instances with ${others} ` +
      `alone, so its instances never get an address. Write one of these, or "${value}" into the manager's pools.`;
    holdEach(table`
      stops a value that the manager isn't told of:
        ${pools} ${told('["data","management","data,management"]')}
        ${told('["other"]', "elsewhere")} ${webOf("data, management")}
        ${notToldOf("data, management", '"data", "management" or "data,management"')}
      stops a list of which the manager is told of one pool alone:
        ${pools} ${told('["management"]')} ${webOf("data,management")}
        ${notToldOf("data,management", '"management"')}
      stops one name that the manager is told of in a list only:
        ${pools} ${told('["data,management"]')} ${webOf("data")}
        ${notToldOf("data", '"data,management"')}
      passes a value that one of the managers is told of:
        ${pools} ${told('["data","management"]')} ${told('["data, management"]', "elsewhere")}
        ${webOf("data, management")}
      passes any value where the managers are told of none of its pools:
        ${pools} ${told('["other"]')} ${webOf("data, management")}
      passes any value where one of the managers looks after every pool:
        ${pools} ${told('["data"]')} ${{ ...managerFunction({}), name: "elsewhere" }}
        ${webOf("data, management")}
      passes a value while what the manager is told isn't known:
        ${pools} ${told(later('["data"]'))} ${webOf("data, management")} ${inPreview}
    `);
  });

  describe("that a manager makes on demand", () => {
    const SECOND = { second: onDemand({ "eu-west-1a": "subnet-1" }) };
    const open = (pool: string) =>
      asks(
        `whether there is a pool "${pool}", which Auto Scaling group "web" names in its tags, since which pools ` +
          "the manager makes on demand isn't known yet",
      );
    holdEach(table`
      knows a pool that the manager makes: ${managerOf(SECOND)} ${webOf("second")}
      knows a pool of another stack's manager:
        ${webOf("second")} ${configured({ pools: { second: { zones: ["eu-west-1a"] } } })}
      suggests a pool that the manager makes:
        ${managerOf(SECOND)} ${webOf("secnd")} ${noPool("secnd", named("second"))}
      knows no pool that the manager merely looks after:
        ${managerOf(SECOND, { POOL_TAGS: '["second", "third"]' })} ${webOf("third")}
        ${noPool("third", "Pools are: licence, second.")}
      knows the one pool whose settings can be those that are unknown:
        ${onDemandOfSubnets(["a"], ["licence", "second"])} ${webOf("second")} ${inPreview}
      leaves to up which of several pools has settings that are unknown:
        ${onDemandOfSubnets(["a"], ["third", "second"])} ${webOf("second")} ${open("second")}
      suggests the pools that the manager may make:
        ${onDemandOfSubnets(["a"], ["third", "second"])} ${webOf("thirt")} ${inPreview}
        ${noPool("thirt", named("third"))}
      leaves any name to up where the manager's pools aren't known either:
        ${managerFunction({ POOL_TAGS: later("[]"), POOL_SETTINGS: later("{}") })} ${webOf("x")}
        ${open("x")}
    `);
  });
});
