package dev.ridgepoint.model.tokenizer;

import dev.ridgepoint.estimator.input.JsonFields;
import dev.ridgepoint.model.tokenizer.PreTokenizer.Prepend;

/** Reads the decoder of a {@code tokenizer.json}. */
final class DecoderJson {
  private DecoderJson() {}

  /** The decoder of a field; where it is absent, pieces stand apart, as in the library. */
  static Decoder of(JsonFields parent, String field) {
    return TokenizerJson.object(parent, field).map(DecoderJson::of).orElse(Decoder.SPACED);
  }

  private static Decoder of(JsonFields fields) {
    String type = fields.requiredString("type");
    return switch (type) {
      case "ByteLevel" -> Decoder.byteLevel();
      case "ByteFallback" -> Decoder.byteFallback();
      case "Fuse" -> Decoder.fuse();
      case "Metaspace" ->
          Decoder.metaspace(
              fields.stringOr("replacement", PreTokenizer.SPACE_SIGN),
              PreTokenizerJson.prepend(fields) != Prepend.NEVER);
      case "Replace" ->
          Decoder.replace(
              TokenizerJson.pattern(fields, "pattern"), fields.requiredString("content"));
      case "Strip" ->
          Decoder.strip(
              fields.requiredString("content"), fields.intOr("start", 0), fields.intOr("stop", 0));
      case "WordPiece" ->
          Decoder.wordPiece(fields.stringOr("prefix", "##"), fields.booleanOr("cleanup", true));
      case "BPEDecoder" -> Decoder.wordSuffix(fields.stringOr("suffix", "</w>"));
      case "Sequence" ->
          Decoder.sequence(
              fields.requiredObjects("decoders").stream().map(DecoderJson::of).toList());
      default -> throw fields.invalid("type", Shown.quote(type) + " is not supported");
    };
  }
}
