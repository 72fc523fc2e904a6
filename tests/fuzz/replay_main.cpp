// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a fuzz target without libFuzzer: every file of the corpus as it is, cut short, and mutated
// from a fixed seed, so that a failure comes again with the next run.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr int truncationsPerFile = 200;
constexpr int mutationsPerFile = 400;

void run(const Bytes& bytes) {
    // Of its exact size on the heap, so that the address sanitizer sees a read past the end.
    const Bytes exact(bytes.begin(), bytes.end());
    LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

void mutate(Bytes& bytes, std::mt19937& random) {
    const auto below = [&random](std::size_t n) { return static_cast<std::size_t>(random()) % n; };
    const std::size_t changes = 1 + below(4);
    for (std::size_t i = 0; i < changes && !bytes.empty(); ++i) {
        const auto at = bytes.begin() + static_cast<std::ptrdiff_t>(below(bytes.size()));
        switch (below(5)) {
        case 0:
            *at ^= static_cast<std::uint8_t>(1u << below(8));
            break;
        case 1:
            *at = static_cast<std::uint8_t>(random());
            break;
        case 2: {
            constexpr std::uint8_t telling[] = {0x00, 0x7f, 0x80, 0xff, '"', '\\', '{', '\n'};
            *at = telling[below(std::size(telling))];
            break;
        }
        case 3:
            bytes.erase(at);
            break;
        default: {
            const auto length =
                std::min<std::size_t>(1 + below(16), static_cast<std::size_t>(bytes.end() - at));
            const Bytes piece(at, at + static_cast<std::ptrdiff_t>(length));
            bytes.insert(at, piece.begin(), piece.end());
        }
        }
    }
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: %s CORPUS_FOLDER\n", argv[0]);
        return 2;
    }
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(argv[1]))
        if (entry.is_regular_file())
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    if (files.empty()) {
        std::fprintf(stderr, "%s: no files\n", argv[1]);
        return 2;
    }
    std::size_t inputs = 0;
    for (const auto& file : files) {
        std::ifstream in(file, std::ios::binary);
        const std::string text(std::istreambuf_iterator<char>(in), {});
        const Bytes whole(text.begin(), text.end());
        run(whole);
        ++inputs;
        const std::size_t step = std::max<std::size_t>(1, whole.size() / truncationsPerFile);
        for (std::size_t length = 0; length < whole.size(); length += step, ++inputs)
            run(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)));
        std::mt19937 random(20240229);
        for (int i = 0; i < mutationsPerFile; ++i, ++inputs) {
            Bytes bytes = whole;
            mutate(bytes, random);
            run(bytes);
        }
    }
    std::printf("%zu inputs from %zu files\n", inputs, files.size());
    return 0;
}
