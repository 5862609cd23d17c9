package dev.ridgepoint.model.tokenizer;

import java.util.function.IntConsumer;

/** Cuts a word, as normaliser and pre-tokeniser left it, into tokens. */
sealed interface TokenModel
    permits BytePairMerges, SentencePieceMerges, UnigramLattice, WordPieces {

  /** Hands the ids of a word's tokens to {@code ids}, in their order. */
  void tokenize(String word, IntConsumer ids);
}
