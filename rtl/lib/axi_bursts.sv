// Cuts requests for consecutive words into AXI4 bursts: at most 256 beats, 4 KiB and MOST_BEATS, never across a 4 KiB border.
module axi_bursts #(
  parameter int WIDTH = 512,
  parameter int MOST_BEATS = 64
) (
  input  logic        clk,
  input  logic        rst,
  input  logic [63:0] base,
  input  logic        request_valid,
  output logic        request_ready,
  input  logic [31:0] request_word,
  input  logic [31:0] request_words,
  output logic        burst_valid,
  input  logic        burst_ready,
  output logic [63:0] burst_address,
  output logic [8:0]  burst_beats,
  output logic        busy
);
  localparam int SHIFT = $clog2(WIDTH / 8);
  localparam int PAGE_WORDS = 4096 >> SHIFT;
  localparam int LEAST = PAGE_WORDS < 256 ? PAGE_WORDS : 256;
  localparam int MOST = MOST_BEATS < LEAST ? MOST_BEATS : LEAST;

  logic [63:0] address;  // of the next burst
  logic [31:0] left;     // words after the burst that is offered
  logic        active;   // words of the request are left

  assign request_ready = ~active;
  assign busy = active | burst_valid;

  // Beats of the next burst, in two steps, each short enough for its cycle: up to the border or the most, then up to the end.
  localparam int MOST_BITS = $clog2(MOST + 1);
  logic [MOST_BITS-1:0] most_here, beats;
  logic most_known, beats_known;
  wire [12:0] to_border = 13'(PAGE_WORDS) - (13'(address[11:0]) >> SHIFT);
  wire next = beats_known & (~burst_valid | burst_ready);
  always_ff @(posedge clk) begin
    most_here <= to_border < 13'(MOST) ? MOST_BITS'(to_border) : MOST_BITS'(MOST);
    beats <= left < 32'(most_here) ? MOST_BITS'(left) : most_here;
    most_known <= active & ~next & ~rst;
    beats_known <= most_known & active & ~next & ~rst;
  end

  always_ff @(posedge clk)
    if (rst) burst_valid <= 1'b0;
    else if (next) burst_valid <= 1'b1;
    else if (burst_ready) burst_valid <= 1'b0;
  always_ff @(posedge clk)
    if (next) begin
      burst_address <= address;
      burst_beats <= 9'(beats);
    end
  always_ff @(posedge clk)
    if (rst) active <= 1'b0;
    else if (request_ready) active <= request_valid & (request_words != 32'd0);
    else if (next) active <= left != 32'(beats);
  always_ff @(posedge clk)
    if (request_ready) begin
      address <= base + (64'(request_word) << SHIFT);
      left <= request_words;
    end else if (next) begin
      address <= address + (64'(beats) << SHIFT);
      left <= left - 32'(beats);
    end
endmodule
