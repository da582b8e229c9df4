// The sum of the words in a channel, least and greatest of all that came, and the newest; for a short one in distributed RAM whose words are lengths.
logic [WIDTH+7:0] sum;
logic had_zero;
logic [WIDTH-1:0] newest;
logic [WIDTH-1:0] greatest;
always_ff @(posedge clk)
  if (rst) begin
    sum <= '0;
    had_zero <= 1'b0;
    greatest <= '0;
    newest <= '0;
  end else begin
    sum <= sum + (in_moves ? (WIDTH + 8)'(in_data) : '0) - (out_moves ? (WIDTH + 8)'(out_data) : '0);
    had_zero <= had_zero | (in_moves & in_data == '0);
    if (in_moves && in_data > greatest) greatest <= in_data;
    if (in_moves) newest <= in_data;
  end
if (!REGISTERS && !BLOCK && WIDTH == 9) begin : summed
  localparam int BITS = DEPTH > 3 ? $clog2(DEPTH - 1) : 1;
  for (genvar i = 0; i < DEPTH; i++) begin : place
    wire [BITS-1:0] at = distributed.read_at + BITS'(i) - BITS'(distributed.shown);
    wire [WIDTH-1:0] value = i == 0 && distributed.shown ? out_data : distributed.memory[at];
    wire is_inside = count > FILL_BITS'(i);
    wire [WIDTH+7:0] total = (is_inside ? (WIDTH + 8)'(value) : '0) + (i == 0 ? '0 : place[i == 0 ? 0 : i-1].total);
    always_comb if (began && is_inside) assert (value <= greatest && (had_zero || value != '0));
  end
  wire [BITS-1:0] newest_at = distributed.write_at - 1'b1;
  always_comb
    if (began) begin
      assert (place[DEPTH-1].total == sum);
      // A word that can be read is there beside one that cannot yet.
      assert (!came[0] || distributed.memory[newest_at] == newest);
      assert (!out_valid || sum >= (WIDTH + 8)'(out_data) + (came[0] ? (WIDTH + 8)'(newest) : '0));
    end
end
