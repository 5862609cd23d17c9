package dev.ridgepoint.model.serving;

import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.engine.panels.PagePool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Pages of keys and values that were computed, by the tokens that they are of, so that a sequence
 * that begins with the same ones need not compute them again. Keys and values of a token depend on
 * all tokens before it: pages form a tree, in which those of all layers follow those before them.
 * Of pages that differ from the prompt somewhere the part before is taken, too: whoever goes on
 * from there writes to a copy.
 *
 * <p>A beginning of n tokens can be taken where each layer has the pages that the next token sees:
 * all of them if it sees everything, the last ones if it has a window. Where one is missing, the
 * longest shorter beginning of whole pages is taken that lacks none. So pages stay here when they
 * have left the window of those who computed them, until the pool is exhausted. Then those that no
 * sequence holds are forgotten, of the least recently used place first, of equals the last one.
 *
 * <p>vLLM finds whole pages by hashes of their tokens and of all before them (Kwon et al. 2023,
 * arXiv:2309.06180; "Automatic Prefix Caching"), and those of layers with windows by the same rule
 * ("Hybrid KV Cache Manager"); SGLang finds any number of tokens in a radix tree (Zheng et al.
 * 2024, RadixAttention, arXiv:2312.07104). Pages here are too large to be shared only in whole, and
 * tokens are compared themselves.
 */
final class PrefixCache implements AutoCloseable {
  private final PagePool pool;
  private final int pageTokens;
  private final Node root = new Node(null, new int[0], 0);
  private final List<Node> nodes = new ArrayList<>();
  private long uses;

  /**
   * The tokens of a page with each layer's page of them, and what followed; only whole ones are.
   */
  private static final class Node {
    final Node parent;
    final int[] tokens;
    final int[] pages;
    final List<Node> children = new ArrayList<>();
    long lastUse;

    Node(Node parent, int[] tokens, int layers) {
      this.parent = parent;
      this.tokens = tokens;
      pages = new int[layers];
      Arrays.fill(pages, KvCache.NO_PAGE);
    }
  }

  /**
   * An empty one.
   *
   * @param pool of all caches that are given and taken
   */
  PrefixCache(PagePool pool) {
    this.pool = pool;
    pageTokens = pool.layout().pagePositions();
  }

  /**
   * Makes an empty cache begin with a known beginning of a prompt, without its last token, which
   * must be fed.
   */
  void begin(KvCache cache, int[] prompt) {
    uses++;
    List<Node> path = new ArrayList<>();
    int length = 0;
    Node at = root;
    int common = pageTokens;
    while (common == pageTokens) {
      Node best = null;
      common = 0;
      for (Node child : at.children) {
        int most = Math.min(child.tokens.length, prompt.length - 1 - length);
        int ofChild = common(child.tokens, prompt, length, most);
        if (ofChild > common) {
          common = ofChild;
          best = child;
        }
      }
      if (best != null) {
        best.lastUse = uses;
        path.add(best);
        length += common;
        at = best;
      }
    }
    while (!cache.share(length, (layer, index) -> path.get(index).pages[layer])) {
      path.removeLast();
      length = path.size() * pageTokens;
    }
  }

  /** How many of the first {@code most} tokens are those of another sequence from a place on. */
  static int common(int[] tokens, int[] others, int from, int most) {
    int mismatch = Arrays.mismatch(tokens, 0, most, others, from, from + most);
    return mismatch < 0 ? most : mismatch;
  }

  /**
   * Holds the pages of a sequence from now on, but those that it has given back.
   *
   * @param length of its tokens, which its cache holds; the last page may be partly filled
   */
  void add(KvCache cache, int[] tokens, int length) {
    uses++;
    Node at = root;
    for (int from = 0; from < length; from += pageTokens) {
      int[] ofPage = Arrays.copyOfRange(tokens, from, Math.min(from + pageTokens, length));
      Node parent = at;
      at = find(parent, ofPage).orElseGet(() -> insert(parent, ofPage, cache.layers()));
      at.lastUse = uses;
      for (int layer = 0; layer < cache.layers() && at.tokens.length == ofPage.length; layer++) {
        int page = cache.page(layer, from / pageTokens);
        if (at.pages[layer] == KvCache.NO_PAGE && page != KvCache.NO_PAGE) {
          pool.share(page);
          at.pages[layer] = page;
        }
      }
    }
  }

  private static Optional<Node> find(Node parent, int[] tokens) {
    return parent.children.stream().filter(each -> isBeginning(tokens, each.tokens)).findFirst();
  }

  /** In the place of those that have only a part of its tokens. */
  private Node insert(Node parent, int[] tokens, int layers) {
    parent.children.stream()
        .filter(each -> isBeginning(each.tokens, tokens))
        .toList()
        .forEach(this::remove);
    Node node = new Node(parent, tokens, layers);
    parent.children.add(node);
    nodes.add(node);
    return node;
  }

  private static boolean isBeginning(int[] tokens, int[] of) {
    return tokens.length <= of.length
        && Arrays.equals(tokens, 0, tokens.length, of, 0, tokens.length);
  }

  private void remove(Node leaf) {
    IntStream.of(leaf.pages).filter(page -> page != KvCache.NO_PAGE).forEach(pool::release);
    leaf.parent.children.remove(leaf);
    nodes.remove(leaf);
  }

  /** Frees some pages that no sequence holds; whether there are any. */
  boolean evict() {
    // Nodes stand behind their parents.
    Optional<Node> oldest =
        nodes.stream()
            .filter(each -> IntStream.of(each.pages).anyMatch(this::isOnlyHere))
            .reduce((one, later) -> later.lastUse <= one.lastUse ? later : one);
    oldest.ifPresent(this::forget);
    return oldest.isPresent();
  }

  private boolean isOnlyHere(int page) {
    return page != KvCache.NO_PAGE && !pool.isShared(page);
  }

  private void forget(Node node) {
    for (int layer = 0; layer < node.pages.length; layer++) {
      if (isOnlyHere(node.pages[layer])) {
        pool.release(node.pages[layer]);
        node.pages[layer] = KvCache.NO_PAGE;
      }
    }
    for (Node at = node; at != root && isEmpty(at); at = at.parent) {
      remove(at);
    }
  }

  private static boolean isEmpty(Node node) {
    return node.children.isEmpty()
        && IntStream.of(node.pages).allMatch(page -> page == KvCache.NO_PAGE);
  }

  /** Forgets all pages. */
  @Override
  public void close() {
    List.copyOf(nodes).forEach(this::remove);
  }
}
