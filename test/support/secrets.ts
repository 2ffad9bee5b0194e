// Made-up secrets of every form, none of which may be repeated in what is said of a file.
export const MADE_UP_SECRETS = {
  token: 'TWFkZVVwTWFkZVVwTWFkZVVwMQ.GxXxXx.another-made-up-token_0123456789abc',
  webhook: 'https://discord.com/api/webhooks/998877665544332211/another-Made_up1secret0of2this3test',
  mnemonic: 'ozone drill grab fiber curtain grace pudding thank cruise elder eight picnic',
  key: 'c0ffee00'.repeat(8),
  'short key': '9f86d081884c7d65',
  UUID: '3f2b8c1e-9a4d-4e6f-8b7a-1c2d3e4f5a6b',
  'key of 40': 'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
}
