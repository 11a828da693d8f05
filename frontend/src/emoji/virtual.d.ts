declare module "virtual:emoji/*" {
  const groups: import("../../emojiData").EmojiRow[][];
  export default groups;
}
