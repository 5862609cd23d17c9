package dev.ridgepoint.model.tokenizer;

import java.util.Arrays;
import java.util.Optional;

/** What a piece of a SentencePiece model is, which GGUF took over for all vocabularies. */
enum PieceType {
  NORMAL(1),
  UNKNOWN(2),
  CONTROL(3),
  USER_DEFINED(4),
  UNUSED(5),
  BYTE(6);

  private final int number;

  PieceType(int number) {
    this.number = number;
  }

  /** The type of the number that files have for it. */
  static Optional<PieceType> of(int number) {
    return Arrays.stream(values()).filter(type -> type.number == number).findFirst();
  }

  /** Whether text may be cut into such pieces. */
  boolean isText() {
    return this == NORMAL || this == USER_DEFINED;
  }
}
