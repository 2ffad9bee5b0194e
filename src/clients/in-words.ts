// What is told of clients, put into words with all that is known around them.
import type { Message, Notice } from '../alerts/types.ts'
import type { Directory } from '../chains/directory.ts'
import type { HealthWatch } from '../chains/health/health.ts'
import { endpointWords } from '../chains/words.ts'
import type { EndpointStatus } from '../cosmos/types.ts'
import type { Verdict } from './assess.ts'
import { channelsKnown } from './channels.ts'
import { hostView } from './claim.ts'
import type { IbcGoVersions } from './ibc-go.ts'
import { clientMessage, unseenClientMessage } from './messages.ts'
import type { ClientStore } from './store.ts'
import type { ClientRow } from './types.ts'

export type ClientWords = ReturnType<typeof createClientWords>

export interface ClientWordsDeps {
  store: Pick<ClientStore, 'client' | 'chain' | 'answered'>
  directory: Directory
  health: Pick<HealthWatch, 'of' | 'blockBefore'>
  versions: Pick<IbcGoVersions, 'known'>
  endpointsOf: (chainId: string) => readonly EndpointStatus[]
  /** How a command is typed, such as `$data`. */
  show: (command: string) => string
}

export function createClientWords(deps: ClientWordsDeps) {
  const { store, directory } = deps
  const otherEndOf = ({ farEnds }: ClientRow) =>
    farEnds.map((end) => store.client(end.chainId, end.clientId)).find((end) => end !== null) ?? null
  return {
    /**
     * `verdict`: as it was judged for this notice; null: it is not told. `asOfMs`: when it was read, where it cannot be
     * read now, Unix ms; null: just now.
     */
    client(
      row: ClientRow,
      verdict: Verdict | null,
      notice: Notice,
      asOfMs: number | null,
      nowMs: number,
    ): Message {
      const { haltedSinceMs = null, lastBlock } = deps.health.of(row.chainId) ?? {}
      const otherEnd = otherEndOf(row)
      return clientMessage(row, notice, {
        nowMs,
        directory,
        elapsedShare: verdict?.elapsedShare ?? null,
        asOfMs,
        hostHalted:
          haltedSinceMs !== null && lastBlock
            ? { lastHeight: lastBlock.height, lastBlockMs: haltedSinceMs }
            : null,
        channels: channelsKnown(row, directory.getKnown(row.chainId), (question) =>
          store.answered(row.chainId, question),
        ),
        otherEnd,
        otherEndHost: otherEnd && hostView(store.chain(otherEnd.chainId)),
        trackedBlock: row.trackedChainId === null ? null : store.chain(row.trackedChainId)?.block,
        blockBefore: deps.health.blockBefore,
        ibcGoMajor: deps.versions.known(row.chainId),
        endpoints: asOfMs === null ? null : endpointWords(deps.endpointsOf(row.chainId)),
        show: deps.show,
      })
    },
    unseenClient: (row: ClientRow, notice: Notice, cause: string, nowMs: number): Message =>
      unseenClientMessage(row, notice, { nowMs, directory, cause }),
  }
}
