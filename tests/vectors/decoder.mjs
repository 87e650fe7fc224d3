// A second decoder of cactions-vault/1, written from the specification alone, with Node's own crypto.
// node decoder.mjs FOLDER: prints {file: {verdict, line, entry, plaintexts}} for every vector in it.

import { createDecipheriv, createHash, createHmac, hkdfSync, scryptSync, timingSafeEqual } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { inflateSync } from "node:zlib";

const FORMAT = "cactions-vault/1";
const MAX_FILE = 33554432;
const MAX_LINE = 1048576;
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,127}$/;
const DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/;
const HEX = /^[0-9a-f]{32}$/;
const HOST = /^[a-z0-9][a-z0-9.-]{0,252}$/;

class Verdict extends Error {
  constructor(kind, line = 0, entry = "") {
    super(kind);
    Object.assign(this, { kind, line, entry });
  }
}

const misshapen = () => { throw new Verdict("not_canonical"); };
const demand = (truth) => truth || misshapen();
const object = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

// The canonical form, written again from the values: strings need no escapes.
function canonical(value) {
  if (typeof value === "string") return `"${value}"`;
  if (typeof value === "number") return demand(Number.isSafeInteger(value)) && String(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  demand(object(value));
  return `{${Object.keys(value).sort().map((key) => `"${key}":${canonical(value[key])}`).join(",")}}`;
}

const keys = (value, ...wanted) =>
  demand(object(value) && Object.keys(value).sort().join() === wanted.sort().join());
const integer = (value) => demand(Number.isSafeInteger(value) && value >= 1) && value;
const text = (value, form) => demand(typeof value === "string" && form.test(value)) && value;
const word = (value, ...known) => demand(known.includes(value)) && value;
function bytes(value, size) {
  demand(typeof value === "string");
  const data = Buffer.from(value, "base64");
  demand(data.toString("base64") === value && (size === undefined || data.length === size));
  return data;
}

function strings(value) {
  demand(Array.isArray(value) && value.every((one) => typeof one === "string"));
  return value;
}

const hosts = (value) =>
  strings(value).forEach((host, at, all) => demand(HOST.test(host) && (at === 0 || all[at - 1] < host)));

function checkMeta(meta) {
  demand(object(meta) && ["by", "created", "hosts"].every((key) => key in meta));
  text(meta.by, NAME);
  text(meta.created, DATE);
  hosts(meta.hosts);
  if ("token_hosts" in meta) hosts(meta.token_hosts);
  for (const [key, value] of Object.entries(meta)) {
    demand(/^[a-z_]{1,32}$/.test(key));
    if (Array.isArray(value)) strings(value);
    else demand(typeof value === "string" || integer(value));
  }
}

function shaped(line) {
  if ("format" in line) {
    keys(line, "epoch", "format", "generation", "vault");
    demand(line.format === FORMAT);
    integer(line.epoch); integer(line.generation); text(line.vault, HEX);
    return { rank: 0, line };
  }
  if ("wrapped" in line) {
    word(line.kind, "key", "invitation", "machine", "passphrase");
    const more = line.kind === "passphrase" ? ["scrypt"] : [];
    keys(line, "created", "key_id", "kind", "name", "salt", "wrapped", ...more);
    text(line.name, NAME); text(line.key_id, HEX); text(line.created, DATE);
    bytes(line.salt, 32); bytes(line.wrapped, 80);
    if (line.scrypt !== undefined) {
      keys(line.scrypt, "n", "p", "r", "salt");
      integer(line.scrypt.n); integer(line.scrypt.p); integer(line.scrypt.r); bytes(line.scrypt.salt, 32);
    }
    return { rank: 1, order: [line.name], line };
  }
  if ("sealed" in line) {
    keys(line, "meta", "name", "purpose", "salt", "sealed", "version");
    const size = bytes(line.sealed).length;
    demand(size >= 80 && size % 64 === 16);
    word(line.purpose, "journal", "plan", "request", "secret");
    text(line.name, NAME); integer(line.version); bytes(line.salt, 32); checkMeta(line.meta);
    return { rank: 2, order: [line.purpose, line.name, line.version], line };
  }
  keys(line, "mac");
  bytes(line.mac, 32);
  return { rank: 3, line };
}

function lineOf(raw) {
  demand(raw.length > 0 && raw.every((byte) => byte >= 0x20 && byte <= 0x7e && byte !== 0x5c));
  const written = raw.toString("latin1");
  let line;
  try { line = JSON.parse(written); } catch { misshapen(); }
  demand(object(line) && canonical(line) === written);
  return shaped(line);
}

function rises(before, after) {
  if (before.rank !== after.rank) return before.rank < after.rank;
  for (let at = 0; at < (before.order ?? []).length; at += 1) {
    if (before.order[at] !== after.order[at]) return before.order[at] < after.order[at];
  }
  return false;
}

function checkScrypt({ n, r, p }, line) {
  const power = n >= 2 ** 15 && n <= 2 ** 18 && Number.isInteger(Math.log2(n));
  if (!power || r !== 8 || p !== 1) throw new Verdict("bad_parameters", line);
}

function read(data) {
  if (data.length > MAX_FILE) throw new Verdict("too_big");
  const end = data.indexOf(0x0a);
  const beginning = Buffer.from('{"epoch":');
  if (end < 0) {
    const size = Math.min(data.length, beginning.length);
    const cut = data.subarray(0, size).equals(beginning.subarray(0, size));
    throw new Verdict(cut ? "truncated" : "not_a_vault", 1);
  }
  const version = /"format":"cactions-vault\/([1-9][0-9]{0,8})"/.exec(data.subarray(0, end).toString("latin1"));
  if (!version) throw new Verdict("not_a_vault", 1);
  if (version[1] !== "1") throw new Verdict("newer_version", 1);
  const raws = [];
  let from = 0;
  for (let at = data.indexOf(0x0a); at >= 0; at = data.indexOf(0x0a, from)) {
    raws.push(data.subarray(from, at));
    from = at + 1;
  }
  if (from !== data.length) throw new Verdict("truncated", raws.length + 1);
  const found = [];
  raws.forEach((raw, at) => {
    if (raw.length + 1 > MAX_LINE) throw new Verdict("too_big", at + 1);
    try {
      const one = lineOf(raw);
      if (at === 0) demand(one.rank === 0);
      else if (at === 1) demand(one.rank === 1);
      else demand(rises(found[at - 1], one));
      found.push(one);
      if (one.line.scrypt) checkScrypt(one.line.scrypt, at + 1);
    } catch (error) {
      if (error instanceof Verdict && error.kind === "not_canonical") throw new Verdict(error.kind, at + 1);
      throw error;
    }
  });
  if (found.at(-1).rank !== 3) throw new Verdict("truncated", found.length);
  return {
    head: found[0].line,
    recipients: found.filter((one) => one.rank === 1).map((one) => one.line),
    entries: found.filter((one) => one.rank === 2).map((one) => one.line),
    covered: data.subarray(0, data.length - raws.at(-1).length - 1),
    mac: Buffer.from(found.at(-1).line.mac, "base64"),
  };
}

function L(...items) {
  return Buffer.concat(items.flatMap((item) => {
    const data = Buffer.isBuffer(item) ? item : Buffer.from(String(item), "utf8");
    const size = Buffer.alloc(4);
    size.writeUInt32BE(data.length);
    return [size, data];
  }));
}

const hkdf = (key, salt, info, size) => Buffer.from(hkdfSync("sha256", key, salt, info, size));
const sha256 = (data) => createHash("sha256").update(data).digest();

function unseal(key, bound, salt, sealed) {
  const made = hkdf(key, Buffer.from(salt, "base64"), L(FORMAT, "seal"), 44);
  const data = Buffer.from(sealed, "base64");
  const gcm = createDecipheriv("aes-256-gcm", made.subarray(0, 32), made.subarray(32));
  gcm.setAAD(bound);
  gcm.setAuthTag(data.subarray(-16));
  const padded = Buffer.concat([gcm.update(data.subarray(0, -16)), gcm.final()]);
  const size = padded.readUInt32BE(0);
  const plaintext = padded.subarray(4, 4 + size);
  const right = plaintext.length === size && padded.length === Math.ceil((4 + size) / 64) * 64;
  if (!right || padded.subarray(4 + size).some((byte) => byte)) throw new Error("padding");
  return plaintext;
}

function open(data, how) {
  const vault = read(data);
  const { head, recipients, entries } = vault;
  const none = Buffer.alloc(0);
  const keyId = (key) => hkdf(key, none, L(FORMAT, "key id", head.vault), 32).subarray(0, 16).toString("hex");
  const named = how.recipient !== "";
  const held = how.key && Buffer.from(how.key, "hex");
  const fitting = recipients.filter((one) =>
    named ? one.name === how.recipient : held ? one.key_id === keyId(held) : one.scrypt);
  if (fitting.length !== 1) throw new Verdict("unknown_recipient");
  const [me] = fitting;
  if (!held && !me.scrypt) throw new Verdict("wrong_key");
  const { n, r, p, salt } = me.scrypt ?? {};
  const key = held ?? scryptSync(Buffer.from(how.passphrase.normalize("NFC")), Buffer.from(salt, "base64"), 32,
    { N: n, r, p, maxmem: 256 * n * r });
  if (keyId(key) !== me.key_id) throw new Verdict("wrong_key");

  const place = (purpose, name, version, meta) =>
    L(FORMAT, head.vault, head.epoch, purpose, name, version, sha256(Buffer.from(canonical(meta))));
  const { salt: mySalt, wrapped, ...line } = me;
  let dataKey;
  try { dataKey = unseal(key, place("recipient", me.name, 1, line), mySalt, wrapped); } catch { /* below */ }
  if (dataKey?.length !== 32) throw new Verdict("tampered");
  const macKey = hkdf(dataKey, none, L(FORMAT, "mac", head.vault, head.epoch), 32);
  const mac = createHmac("sha256", macKey).update(vault.covered).digest();
  if (!timingSafeEqual(mac, vault.mac)) throw new Verdict("tampered");
  if (head.generation < Number(how.seen ?? 0)) throw new Verdict("rollback");
  return entries.map((one) => {
    const purposeKey = hkdf(dataKey, none, L(FORMAT, "purpose", head.vault, head.epoch, one.purpose), 32);
    try {
      return unseal(purposeKey, place(one.purpose, one.name, one.version, one.meta), one.salt, one.sealed);
    } catch {
      throw new Verdict("entry", 0, one.name);
    }
  });
}

function verdictOf(file) {
  const end = file.indexOf("\n\n");
  const how = {};
  for (const row of file.subarray(0, end).toString().split("\n")) {
    const at = row.indexOf(":");
    how[row.slice(0, at)] = row.slice(at + 1).trim();
  }
  const body = file.subarray(end + 2);
  try {
    const opened = open(how.compressed ? inflateSync(body) : body, how);
    return { verdict: "ok", line: 0, entry: "", plaintexts: opened.map((one) => sha256(one).toString("hex")) };
  } catch (error) {
    if (!(error instanceof Verdict)) throw error;
    return { verdict: error.kind, line: error.line, entry: error.entry, plaintexts: [] };
  }
}

const folder = process.argv[2];
const verdicts = readdirSync(folder).map((name) => [name, verdictOf(readFileSync(join(folder, name)))]);
console.log(JSON.stringify(Object.fromEntries(verdicts)));
