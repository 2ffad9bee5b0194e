// What a config.ts of an operator imports: it stands here for ever, because people's files name this path.
export { type ConfigInput, defineConfig } from './config/index.ts'
