// The recordings for tests: loaded once per test file and version, and the clients that were recorded one by one.
import {
  loadRecordings,
  RECORDED_VERSIONS,
  type Recorded,
  type RecordedVersion,
  type Recordings,
} from '../../sandbox/replay/recordings.ts'

export {
  RECORDED_VERSIONS,
  type Recorded,
  type RecordedVersion,
  type Recordings,
  SWEPT_VERSIONS,
} from '../../sandbox/replay/recordings.ts'
export {
  consensusTime,
  randomSamples,
  type StatusSample,
  statusSamples,
} from '../../sandbox/replay/series.ts'

const loaded = new Map<RecordedVersion, Recordings>()

/** The recordings of a version; unpacked at the first call. */
export function recordingsOf(version: RecordedVersion): Recordings {
  const known = loaded.get(version) ?? loadRecordings(version)
  loaded.set(version, known)
  return known
}

/** The versions that have a recording of that name. */
export function versionsWith(name: string): RecordedVersion[] {
  return RECORDED_VERSIONS.filter((version) => recordingsOf(version).has(name))
}

/** The three answers about one client that were recorded one by one. */
export interface RecordedClient {
  /** What is special about the client, as in `frozen-and-expired`. */
  name: string
  clientState: Recorded
  clientStatus: Recorded
  /** Null where none was recorded (types without a latest height). */
  consensusState: Recorded | null
}

/** Every client of a version whose state and verdict were both recorded as single requests. */
export function singleClients(recordings: Recordings): RecordedClient[] {
  return recordings
    .names('client_status-')
    .map((name) => name.slice('client_status-'.length))
    .filter((name) => recordings.has(`client_state-${name}`))
    .map((name) => ({
      name,
      clientState: recordings.one(`client_state-${name}`),
      clientStatus: recordings.one(`client_status-${name}`),
      consensusState: recordings.has(`consensus_state-${name}`)
        ? recordings.one(`consensus_state-${name}`)
        : null,
    }))
}
