// A client without libstocktray, written from PROTOCOL.md alone. It has no spool: a program that must not lose a
// change keeps it in its own database until the agent has answered.
//
//   node order_manager.js SKU PIECES REASON [ID]
const os = require("node:os");
const { randomUUID } = require("node:crypto");
const { Dealer } = require("zeromq");
const { encode, decode } = require("@msgpack/msgpack");

const folder = process.env.XDG_RUNTIME_DIR ? `${process.env.XDG_RUNTIME_DIR}/stocktray` : `${os.homedir()}/.stocktray/run`;
const endpoint = process.env.STOCKTRAY_ENDPOINT || `ipc://${folder}/rpc.sock`;
const source = process.env.STOCKTRAY_SOURCE || "example-node-5f2c9a";

class Agent {
  #socket = new Dealer({ immediate: true, linger: 0, sendTimeout: 1000, receiveTimeout: 10000 });
  #msgid = 0;

  constructor(endpoint) {
    this.#socket.connect(endpoint);
  }

  // The result; an error of the agent is thrown with its code.
  async call(method, params) {
    const msgid = ++this.#msgid;
    await this.#socket.send(encode([0, msgid, method, [params]]));
    for (;;) {
      const [part] = await this.#socket.receive();
      const [, answered, error, result] = decode(part);
      if (answered !== msgid) continue; // of a request that was given up
      if (error) throw Object.assign(new Error(error.message), { code: error.code });
      return result;
    }
  }

  // Safe to repeat: the agent knows each change by source and id.
  async insist(method, params) {
    for (let attempt = 1; ; ++attempt) {
      try {
        return await this.call(method, params);
      } catch (error) {
        const is_worth_it = ["EAGAIN", "busy", "storage", "internal"].includes(error.code);
        if (!is_worth_it || attempt === 3) throw error;
      }
    }
  }

  close() {
    this.#socket.close();
  }
}

async function take_over(agent) {
  const consumer = "order-manager";
  const { items } = await agent.call("qoh.pull", { consumer, limit: 100 });
  // In a real program the loop and the last cursor are one transaction of its own database.
  for (const item of items) console.log(`${item.sku}: add ${item.delta}`);
  if (items.length > 0) await agent.call("qoh.pull", { consumer, ack: items.at(-1).cursor, limit: 1 });
}

async function main([sku, pieces, reason, id = randomUUID().replaceAll("-", "")]) {
  if (!reason) {
    console.error("node order_manager.js SKU PIECES REASON [ID]");
    return 64;
  }
  const agent = new Agent(endpoint);
  try {
    await agent.call("agent.hello", { client: "example-node 1.0", protocol: 1 });
    const change = { id, sku, delta: Number(pieces), reason, at: Date.now() };
    const { rejected } = await agent.insist("qoh.submit", { source, changes: [change] });
    if (rejected.length > 0) throw new Error(rejected[0].message);
    console.log("saved, at the agent");
    await take_over(agent);
    return 0;
  } catch (error) {
    console.error(error.code === "EAGAIN" ? `The agent does not answer: send ${id} again, with the same id.` : error.message);
    return error.code === "EAGAIN" ? 3 : 1;
  } finally {
    agent.close();
  }
}

main(process.argv.slice(2)).then((code) => process.exit(code));
