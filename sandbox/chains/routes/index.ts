// The table of routes: which folder of paths is answered by whom.
import { GrpcError, notImplemented } from '../answer.ts'
import { bankRoutes } from './bank.ts'
import { clientRoutes } from './client.ts'
import { channelRoutes, channelV2Routes, connectionRoutes } from './connection.ts'
import type { Context, Route } from './context.ts'
import { nodeRoutes, nodeStatusRoutes } from './node.ts'
import { authRoutes, govRoutes, mintRoutes, stakingRoutes } from './params.ts'
import { txRoutes } from './tx.ts'

const FOLDERS: Record<string, Route> = {
  'ibc/core/client/v1': clientRoutes,
  'ibc/core/connection/v1': connectionRoutes,
  'ibc/core/channel/v1': channelRoutes,
  'ibc/core/channel/v2': channelV2Routes,
  'cosmos/base/tendermint/v1beta1': nodeRoutes,
  'cosmos/base/node/v1beta1': nodeStatusRoutes,
  'cosmos/bank/v1beta1': bankRoutes,
  'cosmos/staking/v1beta1': stakingRoutes,
  'cosmos/mint/v1beta1': mintRoutes,
  'cosmos/gov/v1': govRoutes,
  'cosmos/auth/v1beta1': authRoutes,
  'cosmos/tx/v1beta1': txRoutes,
}

/**
 * Answers one path (without its query) over a context; compact JSON.
 * @throws {GrpcError} for every "no", unknown routes included
 */
export function answerPath(path: string, context: Context): string {
  // Decoded before it is split: an encoded slash parts segments as any other.
  const segments = decoded(path).split('/').slice(1)
  for (const length of [4, 3]) {
    const route = FOLDERS[segments.slice(0, length).join('/')]
    if (route) return route(segments.slice(length), context)
  }
  throw notImplemented()
}

function decoded(path: string): string {
  if (!path.includes('%')) return path
  try {
    return decodeURIComponent(path)
  } catch {
    throw new GrpcError(3, `malformed path ${path}`, false)
  }
}
