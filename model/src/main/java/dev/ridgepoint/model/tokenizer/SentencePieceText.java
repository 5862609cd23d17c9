package dev.ridgepoint.model.tokenizer;

import java.util.List;

/**
 * How SentencePiece writes text: spaces are signs.
 *
 * @param spacePrefix whether a text begins with one more, so that its first word is as any other
 */
record SentencePieceText(boolean spacePrefix) {
  private static final SplitPattern SPACE = SplitPattern.literal(" ");
  private static final SplitPattern SIGN = SplitPattern.literal(PreTokenizer.SPACE_SIGN);

  Normalizer normalizer() {
    Normalizer signs = Normalizer.replace(SPACE, PreTokenizer.SPACE_SIGN);
    return spacePrefix ? Normalizer.sequence(List.of(Normalizer.prepend(" "), signs)) : signs;
  }

  Decoder decoder() {
    return Decoder.sequence(
        List.of(
            Decoder.replace(SIGN, " "),
            Decoder.byteFallback(),
            Decoder.fuse(),
            Decoder.strip(" ", spacePrefix ? 1 : 0, 0)));
  }
}
