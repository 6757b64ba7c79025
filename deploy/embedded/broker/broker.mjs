// The demo's MQTT 3.1.1 broker: aedes on loopback, its sessions and queues in LevelDB, passwords and rights from a file.
//
// node broker.mjs FOLDER PORT — FOLDER holds users.json (services/broker_files.py writes it):
//   {"maxPacketBytes": n, "programs": [name], "users": {name: {password, publish: [filter], subscribe: [filter]}}}
// where password is Mosquitto's $7$rounds$salt$hash. SIGHUP makes it read users.json again and end the connections of
// those who are gone or changed. It says one line when it listens; broker.pid then names its process.

import { pbkdf2Sync, timingSafeEqual } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Aedes } from 'aedes'
import levelPersistence from 'aedes-persistence-level'
import { ClassicLevel } from 'classic-level'

const [folder, port] = process.argv.slice(2)
const notAllowed = new Error('not allowed to publish here')
const { users, programs, maxPacketBytes } = readUsers()

function readUsers () {
  const { users, programs, maxPacketBytes } = JSON.parse(readFileSync(join(folder, 'users.json'), 'utf8'))
  return { users: new Map(Object.entries(users)), programs: new Set(programs), maxPacketBytes }
}

// Who is as before stays the same object, so that a connection's user can be compared with the user of today.
function rereadUsers () {
  let fresh
  try {
    fresh = readUsers()
  } catch (error) {
    return console.error(`users.json cannot be read, so the users stay as they are: ${error.message}`)
  }
  for (const [name, user] of users) {
    const now = fresh.users.get(name)
    if (now && JSON.stringify(now) === JSON.stringify(user)) fresh.users.set(name, user)
  }
  users.clear()
  for (const [name, user] of fresh.users) users.set(name, user)
  programs.clear()
  for (const name of fresh.programs) programs.add(name)
  for (const client of Object.values(broker.clients)) endIfUnknown(client)
}

function endIfUnknown (client) {
  if (!isKnown(client)) client.close()
}

function isKnown (client) {
  return client.user != null && users.get(client.userName) === client.user // undefined until authenticate has spoken
}

// Aedes acknowledges a QoS 1 message and stores it afterwards. This one stores first: the message is published while
// aedes asks whether it may be, and the acknowledgement waits until every durable session's queue holds it.
class StoringAedes extends Aedes {
  #delivered = new WeakMap() // packet → promise: its subscribers have it
  #stored = new Map() // the packet's number → what to call when it is stored

  constructor (options) {
    super({ ...options, authorizePublish: (client, packet, done) => this.#admit(client, packet, done) })
  }

  #admit (client, packet, done) {
    const isOldWill = !client // of a connection before the last start; its rights were asked when it connected
    if (!isOldWill && !mayUse(client, 'publish', packet.topic)) return done(notAllowed)
    if (packet.qos !== 1) return done(null)
    const counter = this.counter + 1 // the number that aedes gives to the packet it makes next, which is this one
    this.#stored.set(counter, done)
    this.#delivered.set(packet, new Promise(resolve => super.publish(packet, client, error => {
      this.settle(counter, error) // an error before the store was reached; otherwise long since settled
      resolve()
    })))
  }

  settle (counter, error) {
    const done = this.#stored.get(counter)
    this.#stored.delete(counter)
    done?.(error ?? null)
  }

  publish (packet, client, done) {
    const delivered = this.#delivered.get(packet)
    if (!delivered) return super.publish(packet, client, done)
    const finished = typeof client === 'function' ? client : done // an old will has no client
    delivered.then(() => finished(null)) // reading from this publisher goes on once its subscribers have taken the message
  }
}

// Three changes to the store. It tells the broker what is stored. It finishes in the order in which it was asked: aedes
// takes a message whose number is lower than the last one's for a repetition and would keep it back. And a message that
// a returning session gets twice, from its queue and live, may have been acknowledged in between: then there is nothing
// to note about it, where aedes would end the connection.
function orderedPersistence (database, broker) {
  const persistence = levelPersistence(database)
  const enqueue = persistence.outgoingEnqueueCombi.bind(persistence)
  let last = Promise.resolve()
  persistence.outgoingEnqueueCombi = (subscriptions, packet) => {
    const stored = enqueue(subscriptions, packet)
    const before = last
    last = before.then(() => stored).then(
      () => broker().settle(packet.brokerCounter), error => broker().settle(packet.brokerCounter, error))
    return last
  }
  const update = persistence.outgoingUpdate.bind(persistence)
  persistence.outgoingUpdate = (client, packet) => update(client, packet).catch(error => {
    if (error.message !== 'no such packet') throw error
  })
  return persistence
}

function authenticate (client, username, password, done) {
  const user = users.get(username ?? '')
  client.userName = username
  client.user = user && password && isRight(user, password) && mayBeCalled(client.id, username) ? user : null
  // The will is published after the connection, perhaps after a restart: whether it may be is asked now.
  if (client._will && !mayUse(client, 'publish', client._will.topic)) client._will = null
  done(null, client.user !== null)
}

function isRight (user, password) {
  const [, , rounds, salt, hash] = user.password.split('$')
  const expected = Buffer.from(hash, 'base64')
  return timingSafeEqual(
    pbkdf2Sync(password, Buffer.from(salt, 'base64'), Number(rounds), expected.length, 'sha512'), expected)
}

// A session belongs to whoever names its client id: one that could name ingest's would empty its queue.
function mayBeCalled (clientId, username) {
  return programs.has(username) || !clientId.startsWith('zoneschild-')
}

function mayUse (client, action, topic) {
  return isKnown(client) && client.user[action].some(filter => covers(filter.split('/'), topic.split('/')))
}

// Whether everything that `topic`, itself perhaps with wildcards, stands for is also what `filter` stands for.
function covers (filter, topic) {
  if (filter[0] === '#') return true
  if (filter.length === 0 || topic.length === 0) return filter.length === topic.length
  if (filter[0] !== topic[0] && (filter[0] !== '+' || topic[0] === '#')) return false
  return covers(filter.slice(1), topic.slice(1))
}

function authorizeSubscribe (client, subscription, done) {
  done(null, mayUse(client, 'subscribe', subscription.topic) ? subscription : null)
}

// Aedes has no limit on a packet's size; its parser knows the size before it collects the bytes.
function limitPackets (client) {
  const parser = client._parser
  const parseLength = parser._parseLength
  parser._parseLength = function () {
    const known = parseLength.call(this)
    return known && this.packet.length > maxPacketBytes ? this._emitError(new Error('packet too large')) : known
  }
}

// Aedes numbers what it sends from a random start for each connection, and finds a stored message by that number alone.
// A number that an unacknowledged message of the last connection still bears would, acknowledged, delete the wrong one.
// So a returning session goes on where it was, and after a start behind the longest run of numbers that nobody bears.
const lastConnections = new Map() // client id → its last connection

async function continueNumbering (client, packet) {
  const last = lastConnections.get(packet.clientId)
  client._nextId = last ? last._nextId : await unusedNumber(packet.clientId)
  if (!packet.clean) lastConnections.set(packet.clientId, client)
}

async function unusedNumber (clientId) {
  const prefix = `outgoing-id:${encodeURIComponent(clientId)}:`
  const used = (await database.keys({ gte: prefix, lt: `${prefix}\uffff` }).all())
    .map(key => Number(key.slice(prefix.length))).sort((one, other) => one - other)
  if (used.length === 0) return 1
  const runs = used.map((number, place) => [(used[place + 1] ?? used[0] + 65535) - number, number])
  const [, before] = runs.reduce((longest, run) => run[0] > longest[0] ? run : longest)
  return before % 65535 + 1
}

const database = new ClassicLevel(join(folder, 'queue'))
await database.open()

let broker = null
broker = new StoringAedes({
  // Queues are read back in the order of (broker id, number); an id that grows keeps yesterday's messages in front.
  id: `b${Date.now().toString(36).padStart(10, '0')}`,
  persistence: orderedPersistence(database, () => broker),
  authenticate,
  authorizeSubscribe,
  preConnect: (client, packet, done) => continueNumbering(client, packet).then(() => done(null, true), done),
  concurrency: 1000
})
for (const event of ['clientError', 'connectionError']) {
  broker.on(event, (client, error) => console.error(JSON.stringify(client.id), error.message))
}
broker.on('error', error => { // an old will that its client id's new user may not publish is one
  if (error !== notAllowed) throw error
})
broker.on('clientReady', endIfUnknown) // who changed while connecting
await broker.listen()

const server = createServer(socket => {
  socket.setNoDelay(true)
  limitPackets(broker.handle(socket))
})

async function stop () {
  server.close()
  broker.removeAllListeners('clientError') // every connection ends now, which is no news
  await new Promise(resolve => broker.close(resolve))
  await database.close()
  process.exit(0)
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop)
process.on('SIGHUP', rereadUsers)
server.on('error', error => {
  console.error(`the broker cannot listen on port ${port}: ${error.code}`)
  process.exit(1)
})
server.listen(Number(port), '127.0.0.1', () => {
  writeFileSync(join(folder, 'broker.pid'), `${process.pid}\n`) // now that SIGHUP no longer ends it
  console.log(`listening on 127.0.0.1:${port}`)
})
